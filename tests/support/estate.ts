import { demoEstate, type Estate } from '../../src/simulator/index.ts';

const vault = 'contoso-apps';

/** The estate of the demo with more accounts like contoso-vision; each has a secret `<name>-key` with its Key 1. */
export function estateWith(...names: readonly string[]): Estate {
  const estate = demoEstate();
  const model = estate.accounts.find(({ name }) => name === 'contoso-vision');
  const [apps] = estate.vaults;
  if (model === undefined || apps === undefined) throw new Error('the estate of the demo is empty');
  for (const name of names) {
    estate.accounts.push({ ...model, name, subdomain: name });
    apps.secrets.push({ name: `${name}-key`, value: { account: name, slot: 'Key1' } });
  }
  return estate;
}

/** Where a production client of such an account reads its key. */
export const keyOf = (account: string) =>
  ({ kind: 'keyVaultSecret', vault, secret: `${account}-key`, refreshEvery: 100 }) as const;

/** That client in the policy: known to read its key anew within `pickupWithin`. */
export const app = (vaultUrl: string, account: string, pickupWithin = '400ms') => ({
  kind: 'keyVaultSecret',
  name: `${account}-app`,
  vault: vaultUrl,
  secret: `${account}-key`,
  pickupWithin,
});
