import type { FaultPlan } from '../simulator/index.ts';

/** Something that goes wrong once in the simulated Azure, when somebody asks for it. */
export type Trouble = Readonly<{ id: string; title: string; says: string; plan: FaultPlan }>;

/** Lacks a right, in the words of Azure Resource Manager. */
const unauthorized = (action: string) => ({
  status: 403,
  code: 'AuthorizationFailed',
  message: `The client does not have authorization to perform action '${action}' over scope '/subscriptions/…'.`,
});

const regeneration = { method: 'POST', path: /\/regenerateKey$/i };
const encryptionChange = { method: 'PATCH', path: /\/accounts\/[^/]+$/i };

export const troubles: readonly Trouble[] = [
  {
    id: 'refuseRegeneration',
    title: 'Refuse the next regeneration',
    says: 'The rotation halts. Retry goes on.',
    plan: {
      match: regeneration,
      fault: unauthorized('Microsoft.CognitiveServices/accounts/regenerateKey/action'),
    },
  },
  {
    id: 'loseAnswer',
    title: 'Lose the answer to the next regeneration',
    says: 'It happens, but nobody hears of it. Keysmith looks, and never sends it twice: Details on the card say so.',
    plan: { match: regeneration, fault: 'lostAfter' },
  },
  {
    id: 'refuseSecret',
    title: 'Refuse the next write of a secret',
    says: 'The rotation halts with both keys alive. Retry goes on, Roll back goes back.',
    plan: {
      match: { method: 'PUT', path: /\/secrets\//i },
      fault: { status: 403, code: 'Forbidden', message: 'Caller is not authorized.' },
    },
  },
  {
    id: 'refuseEncryption',
    title: 'Refuse the next change of the encryption key',
    says: 'The rotation halts, and the account keeps its key. Retry goes on.',
    plan: { match: encryptionChange, fault: unauthorized('Microsoft.CognitiveServices/accounts/write') },
  },
  {
    id: 'loseEncryptionAnswer',
    title: 'Lose the answer to the next change of the encryption key',
    says: 'It happens, but nobody hears of it. Keysmith looks at the account, and doesn’t change it twice.',
    plan: { match: encryptionChange, fault: 'lostAfter' },
  },
];
