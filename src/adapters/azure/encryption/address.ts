/** Of the resource provider Microsoft.KeyVault. */
export const vaultVersion = 'api-version=2024-11-01';

/** Whether two addresses are of the same vault: with or without a slash at the end, in any case. */
export function sameVault(a: string, b: string): boolean {
  const [one, other] = [URL.parse(a), URL.parse(b)];
  return one !== null && one.origin === other?.origin;
}
