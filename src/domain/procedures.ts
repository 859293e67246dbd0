import type { Gate } from './policy.ts';

/**
 * The two procedures, in order. The order is the safety argument: at every point of `apiKeys` one key
 * is alive that every registered consumer can use, and nothing that can't be undone happens before the
 * gate that stands in front of it.
 *
 * Source of the steps: Microsoft's page "Rotate keys in Azure AI Foundry" (5/19/2025), quoted in `seed`.
 */
export type StageText = Readonly<{
  stage: string;
  /** What the card calls it. */
  title: string;
  /** The sentence of the seed that it carries out. */
  seed: string;
  /** The quorum in front of what follows. */
  gate?: Gate;
  /** What it does can't be undone. */
  irreversible?: true;
  /** Goes on beside the path; nobody waits for it. */
  background?: true;
}>;

export const procedures = {
  apiKeys: [
    { stage: 'plan', title: 'Check the account', seed: 'before step 1' },
    {
      stage: 'settleOnOneKey',
      title: 'Settle on one key',
      seed: '1. Ensure only one key is actively used in production.',
    },
    { stage: 'approveFirst', title: 'Approve the plan', seed: 'before step 2', gate: 'prepare' },
    {
      stage: 'regenerateIdleKey',
      title: 'Regenerate the unused key',
      seed: '2. Regenerate the unused key.',
      irreversible: true,
    },
    { stage: 'proveIdleKey', title: 'Prove the new key', seed: 'before step 3' },
    {
      stage: 'moveConsumers',
      title: 'Move the consumers',
      seed: '3. Update your application to use the newly generated key.',
    },
    {
      stage: 'watchTraffic',
      title: 'Watch the traffic',
      seed: '3. Monitor logs or availability to confirm that all clients have successfully switched.',
    },
    { stage: 'approveSecond', title: 'Approve the retirement', seed: 'before step 4', gate: 'retire' },
    {
      stage: 'regenerateRetiredKey',
      title: 'Retire the old key',
      seed: '4. Regenerate the original key.',
      irreversible: true,
    },
    {
      stage: 'proveOldKeyDead',
      title: 'Prove the old key dead',
      seed: '4. "Regenerating a key invalidates its previous version immediately"; Azure says elsewhere: up to hours.',
      background: true,
    },
    {
      stage: 'switchBack',
      title: 'Stay or switch back',
      seed: '5. Switch back to Key 1 if desired.',
    },
    { stage: 'finished', title: 'Finished', seed: 'after step 5' },
  ],
  encryptionKey: [
    { stage: 'plan', title: 'Check the account, the vault and the key', seed: 'before the first step' },
    { stage: 'approve', title: 'Approve the plan', seed: 'before the first step', gate: 'prepare' },
    {
      stage: 'createKeyVersion',
      title: 'Create the new key',
      seed: 'In your Azure Key Vault, create or identify the new key you want to use for encryption.',
    },
    {
      stage: 'pointAccountAtKey',
      title: 'Point the account at the key',
      seed: 'Update the Foundry resource configuration to reference the new key within the same Key Vault.',
      irreversible: true,
    },
    {
      stage: 'waitForWrap',
      title: 'Wait while Azure wraps the data',
      seed: 'Your AI Foundry resource will take a few minutes to wrap data using your new encryption key.',
    },
    { stage: 'verifyEncryption', title: 'Verify the encryption', seed: 'after the last step' },
    {
      stage: 'guardOldVersion',
      title: 'Guard the old version',
      seed: 'Existing data remains encrypted with the previous key unless reprocessed.',
    },
    { stage: 'finished', title: 'Finished', seed: 'after the last step' },
  ],
} as const satisfies Record<string, readonly StageText[]>;

export type Procedure = keyof typeof procedures;
type StageOf<P extends Procedure> = (typeof procedures)[P][number]['stage'];
/** `rollBack` and `pinVersion` are off the paths: they are entered by a person's choice only. */
export type Stage = StageOf<'apiKeys'> | StageOf<'encryptionKey'> | 'rollBack' | 'pinVersion';

const offThePath: Readonly<Partial<Record<Stage, string>>> = {
  rollBack: 'Roll back',
  pinVersion: 'Pin the version',
};

export function stageTitle(procedure: Procedure, stage: Stage): string {
  const path: readonly StageText[] = procedures[procedure];
  return path.find((candidate) => candidate.stage === stage)?.title ?? offThePath[stage] ?? stage;
}
