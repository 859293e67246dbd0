import { demoEstate, type Effect, type Estate } from '../../src/simulator/index.ts';
import { vaultId, type AccountRow, type KeyRow, type KeyVersionRow } from '../../src/simulator/estate.ts';
import { ada, type Keysmith } from './keysmith.ts';
import type { FakePerson } from './fakeTeams.ts';
import { newChannel, rotate, type Thread } from './thread.ts';

/** The only version of the demo estate's keys, except those of contoso-chat and lab-auto-*. */
export const onlyVersion = 'a1'.repeat(16);
const labVault = 'contoso-lab-keys';
const cryptoUser = '12338af0-0e69-4776-bea7-57ae8d297424';

const named = <T extends Readonly<{ name: string }>>(rows: readonly T[], name: string): T => {
  const found = rows.find((row) => row.name === name);
  if (found === undefined) throw new Error(`the estate has no ${name}`);
  return found;
};

/**
 * The estate of the demo with more sound accounts, each with an identity and two keys of its own in one vault:
 * `<name>-old`, which it uses, and `<name>-next`.
 */
export function estateWithKeys(...names: readonly string[]): Estate {
  const estate = demoEstate();
  const vault = named(estate.vaults, labVault);
  const account = named(estate.accounts, 'lab-powerless');
  const key = named(vault.keys, 'cmk');
  names.forEach((name, index) => {
    const principalId = `7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e6${String(index).padStart(3, '0')}`;
    vault.keys.push({ ...structuredClone(key), name: `${name}-old` });
    vault.keys.push({ ...structuredClone(key), name: `${name}-next` });
    estate.accounts.push({
      ...structuredClone(account),
      name,
      subdomain: name,
      identity: { type: 'SystemAssigned', principalId },
      encryption: { vault: labVault, key: `${name}-old`, version: onlyVersion },
    });
    estate.roleAssignments?.push({
      name: principalId.replace('-9b0f-', '-9b1f-'),
      scope: vaultId(vault),
      principalId,
      role: cryptoUser,
    });
  });
  return estate;
}

/** Short waits for the second procedure, beside the gates that it has. */
export const encryptionPolicy = (everybody: readonly string[]) => ({
  gates: {
    prepare: { need: 2, from: everybody },
    retire: { need: 2, from: everybody },
    oneWay: { need: 3, from: everybody },
  },
  timing: {
    wrapEvery: '200ms',
    wrapUsually: '1500ms',
    rightEvery: '300ms',
    rightWithin: '20s',
    guardEvery: '300ms',
    choiceWithin: '2m',
    remindEvery: '1m',
  },
});

/** What the inputs of the card come back with. */
type Inputs = Readonly<{ option?: string; newName?: string; vault?: string; identifier?: string }>;

/** Asks for a move of this account in a channel of its own, and waits until the card asks which key it shall be. */
export async function openMove(keysmith: Keysmith, account: string, reason = 'yearly') {
  const channel = newChannel(keysmith, `move-${account}`);
  const thread = await rotate(keysmith, `${account} encryption ${reason}`, { where: channel });
  await thread.shows(/Which key shall it use\?/);
  return thread;
}

/** Chooses a key on the card and waits until it can be voted on. */
export async function planMove(keysmith: Keysmith, account: string, inputs: Inputs): Promise<Thread> {
  const thread = await openMove(keysmith, account);
  await thread.press(ada, 'Check this key', inputs);
  await thread.shows(/approvals needed/);
  return thread;
}

/** Votes, waits for the verification, and stays. */
export async function carryOut(thread: Thread, ...approvers: readonly FakePerson[]): Promise<void> {
  await thread.approve(...approvers);
  await thread.shows(/Verified/);
  await thread.press(ada, 'Stay');
  await thread.shows(/Finished/);
}

/** The rows of the simulated Azure, and what Keysmith did to them. */
export function encryptionIn({ simulator }: Pick<Keysmith, 'simulator'>) {
  const accountRow = (name: string): AccountRow => named(simulator.estate.accounts, name);
  const keyRow = (name: string): KeyRow =>
    named(
      simulator.estate.vaults.flatMap(({ keys }) => keys),
      name,
    );
  return {
    accountRow,
    keyRow,
    versionRow: (name: string, version = onlyVersion): KeyVersionRow => {
      const found = keyRow(name).versions.find((one) => one.version === version);
      if (found === undefined) throw new Error(`${name} has no version ${version}`);
      return found;
    },
    identifier: (vault: string, key: string, version = onlyVersion): string =>
      `${simulator.vaultUrl(vault)}/keys/${key}/${version}`,
    /** What was made and changed by Keysmith at this account and this key, in order. */
    done: (account: string, key: string): readonly Effect['kind'][] =>
      simulator.effects
        .filter(({ kind }) => ['createKey', 'updateAccount', 'wrapData', 'followKey'].includes(kind))
        .filter(({ target, key: of }) => target === account || of === key)
        .map(({ kind }) => kind),
  };
}
