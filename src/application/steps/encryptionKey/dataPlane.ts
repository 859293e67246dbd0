import type { Fault } from '../../../domain/faults.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { AccountState, Probe } from '../../ports/azure.ts';
import type { EncryptedAccount } from '../../ports/encryption.ts';
import type { Run, Tools } from '../../step.ts';

type Verifying = Pick<Run<'verifyEncryption'>, 'rotation' | 'salt' | 'signal'>;

/**
 * How the account's data plane answers, in words: with one of its own keys where that can be tried, else with
 * whatever it says to a stranger, which proves less, and that is said. A fault when it refuses its own key.
 */
export async function answerOfDataPlane(
  tools: Tools,
  run: Verifying,
  account: EncryptedAccount,
): Promise<Result<string, Fault>> {
  const read = await tools.azure.accounts.read(account.id, run.signal);
  if (!read.ok) return read;
  const state = read.value;
  const tried = state.localAuthDisabled ? null : await withOwnKey(tools, run, state);
  if (tried === null || !tried.ok) return ok(await asStranger(tools, run, state, whyNot(state, tried)));
  const probe = tried.value;
  if (last(probe) === 200) return ok('It answers 200 to a key of the account.');
  if (probe.statuses.length === 0) return ok(`It was not tried. ${probe.note ?? ''}`.trim());
  if (isWalled(state, account))
    return ok(
      `It can't be tried from here: the account lets certain networks in only, and Keysmith was answered ${said(probe)}. Somebody inside should look.`,
    );
  return err({
    kind: 'notProved',
    says: `${account.name} names the new key, but its data plane was answered ${said(probe)} when it was tried with a key of the account.${last(probe) === 403 ? " Perhaps it can't use the encryption key." : ` ${probe.note ?? ''}`.trimEnd()}`,
    remedy:
      'See that every version that the account used is enabled, and that its identity may unwrap with them. Then press Retry to look again; or roll back.',
  });
}

/** Tries until it answers 200, within the patience of a proof: gateways can lag. */
async function withOwnKey(
  { azure, clock, pause, timing }: Tools,
  { salt, signal }: Verifying,
  { account }: AccountState,
): Promise<Result<Probe, Fault>> {
  const listed = await azure.keys.listKeys(account, salt, signal);
  if (!listed.ok) return listed;
  const until = clock.now() + timing.proofWithin;
  for (;;) {
    for (const slot of ['Key1', 'Key2'] as const) {
      const probe = await listed.value.probe(slot, 1, signal);
      const done = probe.statuses.length === 0 || last(probe) === 200;
      // a walled account answers the same whichever key is tried
      if (done || (slot === 'Key2' && (last(probe) === 403 || clock.now() + timing.proofEvery > until)))
        return ok(probe);
    }
    await pause(timing.proofEvery, signal);
  }
}

async function asStranger(
  { azure }: Tools,
  { signal }: Verifying,
  { account }: AccountState,
  because: string,
): Promise<string> {
  const probe = await azure.keys.probeRandomKey(account, signal);
  return last(probe) === undefined
    ? `${because} ${probe.note ?? 'So the data plane was not tried.'}`
    : last(probe) === 0
      ? `${because} The data plane gave no answer to a key that can't exist.`
      : `${because} The data plane is there (a key that can't exist was answered ${said(probe)}); whether it can read its data, that doesn't show.`;
}

function whyNot({ localAuthDisabled }: AccountState, tried: Result<Probe, Fault> | null): string {
  if (localAuthDisabled) return 'Local authentication is off, so no key of the account could be tried.';
  return tried !== null && !tried.ok ? `The account's keys could not be listed: ${tried.error.says}` : '';
}

const isWalled = ({ publicNetwork }: AccountState, { fields }: EncryptedAccount): boolean =>
  !publicNetwork || fields['properties.networkAcls.defaultAction'] === '"Deny"';

const last = (probe: Probe): number | undefined => probe.statuses.at(-1);

const said = (probe: Probe): string => {
  const status = last(probe);
  return status === undefined || status === 0 ? 'not at all' : String(status);
};
