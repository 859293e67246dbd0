/** The policy file: who may approve what, and who uses which account's keys. */
export { policyCommand } from './command.ts';
export type { PolicyFile } from './file.ts';
export { policiesFrom } from './policies.ts';
export { policyJsonSchema } from './jsonSchema.ts';
export { describePolicyProblems, type PolicyProblem } from './problems.ts';
export { readPolicy } from './read.ts';
