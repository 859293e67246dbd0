import type { KeyChoice, Making } from '../../../../domain/encryptionKey/target.ts';
import type { EncryptionRules } from '../../../../domain/policy.ts';
import { plus } from '../../../isoDuration.ts';
import type { Key, KeyVault, KeyVersion, RotationPolicy } from '../../../ports/encryption.ts';

export type Wanted = Readonly<{
  choice: KeyChoice;
  target: Readonly<{ vault: string; name: string }> | null;
  now: number;
  rules: EncryptionRules;
  vault: KeyVault | null;
  current: Key | null;
  versions: readonly KeyVersion[];
  rotationPolicy: RotationPolicy | null;
}>;

export const leastBits = 2048;

export const isRsa = (type: string): type is 'RSA' | 'RSA-HSM' => type === 'RSA' || type === 'RSA-HSM';

/**
 * What will be made; null when the key is there. A new version is of the kind of the current one, where an
 * account could use that, else as the policy says. A Managed HSM makes HSM keys only.
 */
export function makingFor({ choice, target, vault, current, versions, ...rest }: Wanted): Making | null {
  if (choice.of === 'existing' || target === null) return null;
  const { rules } = rest;
  const model =
    current !== null && isRsa(current.type) && current.bits !== null && current.bits >= leastBits
      ? { type: current.type, bits: current.bits }
      : rules;
  return {
    ...target,
    type: vault?.kind === 'managedHsm' ? 'RSA-HSM' : model.type,
    bits: model.bits,
    expires: expiryOf(rest),
    existing: versions.map(({ version }) => version),
  };
}

/** By the policy, else by the vault's own rotation policy, else never. In whole seconds, as Key Vault keeps it. */
function expiryOf({
  now,
  rules,
  rotationPolicy,
}: Pick<Wanted, 'now' | 'rules' | 'rotationPolicy'>): number | null {
  const live = rotationPolicy?.newVersionsLive ?? null;
  const at = rules.lifetime === undefined ? (live === null ? null : plus(now, live)) : now + rules.lifetime;
  return at === null ? null : Math.floor(at / 1000) * 1000;
}
