/** The policy file: who may approve what, and who uses which account's keys. */
export { policiesFrom } from './policies.ts';
export { describePolicyProblems, type PolicyProblem } from './problems.ts';
export { type PolicyFile, readPolicy } from './read.ts';
