import type { RegisteredConsumer } from '../../../domain/apiKeys/consumers.ts';
import type { Fault } from '../../../domain/faults.ts';
import type { Slot } from '../../../domain/apiKeys/plan.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import { isWaived } from '../../../domain/apiKeys/waivers.ts';
import type { KeysInHand } from '../../ports/azure.ts';
import type { Run, Tools } from '../../step.ts';

type Secret = Extract<RegisteredConsumer, { kind: 'keyVaultSecret' }>;

/**
 * The registered consumers whose secret is this slot's key right now, by name. An approval can be days old,
 * and a deployment may have written a secret meanwhile: so this is asked just before a key is ended. Those
 * that were waived aren't looked at. A secret that can't be read is a fault, since nobody can say then.
 */
export async function holdersOf(
  tools: Tools,
  { rotation, salt }: Run<'regenerateIdleKey' | 'regenerateRetiredKey'>,
  keys: KeysInHand,
  slot: Slot,
  signal: AbortSignal,
): Promise<Result<readonly string[], Fault>> {
  const looked = rotation.consumers
    .map(({ registered }) => registered)
    .filter((one): one is Secret => one.kind === 'keyVaultSecret')
    .filter(({ name }) => !isWaived(rotation.waivers, { of: 'consumer', consumer: name }));
  const holders: string[] = [];
  for (const { name, vault, secret } of looked) {
    const read = await tools.azure.secrets.read(vault, secret, salt, signal);
    if (!read.ok) return err(read.error);
    if (read.value.fingerprint === keys.picture[slot]) holders.push(name);
  }
  return ok(holders);
}
