import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import {
  describePolicyProblems,
  policiesFrom,
  type PolicyFile,
  readPolicy,
} from '../../src/adapters/policy/index.ts';
import type { DigestOf } from '../../src/application/ports/ambient.ts';
import type { Account } from '../../src/domain/account.ts';
import { accountId, digest } from '../../src/domain/ids.ts';
import type { Rules } from '../../src/domain/policy.ts';

/** Before everything that the policies of the tests have dates of. */
export const now = Date.parse('2026-06-01T00:00:00Z');

export const digestOf: DigestOf = (value) =>
  digest(
    createHash('sha256')
      .update(canonicalize(value) ?? '')
      .digest('hex'),
  );

/** The policy of a text that has no mistakes. */
export function readFile(text: string, loopbackOnly = false): PolicyFile {
  const result = readPolicy(text, 'p.yml', { loopbackOnly, now });
  if (!result.ok) throw new Error(describePolicyProblems(result.error));
  return result.value;
}

/** Everything that is said about a text, mistakes and warnings, a line each. */
export function problemsOf(text: string, at = now): readonly string[] {
  const result = readPolicy(text, 'p.yml', { now: at });
  const problems = result.ok ? result.value.warnings : result.error;
  return problems.map((problem) => describePolicyProblems([problem]));
}

/** The rules of an account, as it was typed or as it was found. */
export const rulesOf = (text: string, account: string | Account): Rules =>
  policiesFrom(readFile(text), digestOf).rulesFor(account);

/** An account as Azure describes it, with these differences. */
export const foundAccount = (changes: Partial<Account> = {}): Account => ({
  id: accountId('/subscriptions/s/resourceGroups/prod/providers/Microsoft.CognitiveServices/accounts/chat'),
  name: 'chat',
  subscriptionId: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e0001',
  subscriptionName: 'Contoso',
  resourceGroup: 'prod',
  kind: 'AIServices',
  location: 'westus3',
  endpoint: 'https://chat.example/',
  ...changes,
});

const people = ['ada', 'bo', 'chen', 'dee', 'eli'];
const guid = (end: string) => `00000000-0000-4000-8000-0000000000${end}`;

/**
 * A policy with five people, a group `sec`, two gates of two each (lines 10 and 11), and these lines after
 * them, the first of which is line 12.
 */
export const policyWith = (...lines: readonly string[]): string =>
  [
    `tenant: ${guid('01')}`,
    'people:',
    ...people.map((name, index) => `  ${name}: ${guid(`a${index + 1}`)}`),
    `groups: { sec: { kind: entraGroup, group: ${guid('b1')}, name: Security } }`,
    'gates:',
    '  prepare: { need: 2, from: [ada, bo, chen] }',
    '  retire: { need: 2, from: [ada, bo, chen] }',
    ...lines,
    '',
  ].join('\n');
