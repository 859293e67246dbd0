import { keyName } from '../../../domain/encryptionKey/key.ts';
import type { Fault } from '../../../domain/faults.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import { lookAgainWhile } from '../../sendOnce.ts';
import { answered, failed, type Run, type StepRunner, type Tools } from '../../step.ts';
import type { StepAnswer } from '../../../domain/steps.ts';
import { accountOf, isBusy, names } from './rotation.ts';

type Answer = StepAnswer['waitForWrap'];

/** One look at a change that Azure has accepted: at the operation that it named, else at the account. Sends nothing. */
export const waitForWrap: StepRunner<'waitForWrap'> = async (tools, run) => {
  const { operation } = run.ask;
  if (operation !== null) {
    const { id } = accountOf(run.rotation);
    const progress = await tools.encryption.accounts.progress(id, operation, run.signal);
    if (progress.ok) return answered<'waitForWrap'>(of(progress.value));
    // Azure has forgotten the operation, or doesn't show it to us: the account says how it came out
    const { kind } = progress.error;
    if (kind !== 'missing' && kind !== 'denied') return failed<'waitForWrap'>(progress.error);
  }
  const seen = await byAccount(tools, run);
  if (seen.ok) return answered<'waitForWrap'>(seen.value);
  return seen.error.kind === 'drifted'
    ? answered<'waitForWrap'>({ is: 'failed', fault: seen.error })
    : failed<'waitForWrap'>(seen.error);
};

function of(
  progress: Readonly<{ state: 'inProgress' | 'succeeded' } | { state: 'failed' | 'canceled'; fault: Fault }>,
): Answer {
  switch (progress.state) {
    case 'inProgress':
    case 'succeeded':
      return { is: progress.state };
    case 'failed':
    case 'canceled':
      return { is: 'failed', fault: progress.fault };
  }
}

/** What the account itself says. Another key there counts only when it stays so over the settle window: a read can lag. */
const byAccount = (
  tools: Tools,
  { rotation, ask, signal }: Run<'waitForWrap'>,
): Promise<Result<Answer, Fault>> =>
  lookAgainWhile(
    tools,
    async (): Promise<Result<Answer, Fault>> => {
      const { id, name } = accountOf(rotation);
      const read = await tools.encryption.accounts.read(id, signal);
      if (!read.ok) return read;
      const account = read.value;
      if (isBusy(account)) return ok({ is: 'inProgress' });
      if (account.provisioningState !== 'Succeeded')
        return ok({ is: 'failed', fault: cameToNothing(name, account.provisioningState) });
      return names(account, ask.to) ? ok({ is: 'succeeded' }) : err(elsewhere(name, ask));
    },
    signal,
  );

const cameToNothing = (name: string, state: string): Fault => ({
  kind: 'refused',
  code: state,
  says: `Azure accepted the new encryption key of ${name} and could not carry it out: the account is in the state "${state}". It named no operation that could be asked for the reason.`,
  remedy:
    'The activity log of the account has the reason. Mend that, then press Retry. Every version that it used must stay enabled.',
});

const elsewhere = (name: string, { to }: Run<'waitForWrap'>['ask']): Fault => ({
  kind: 'drifted',
  says: `${name} doesn't name ${keyName(to)}, although Azure had accepted it: the change came to nothing, or somebody else changed it since.`,
  remedy:
    'The activity log of the account names who and why. Then press Retry. Every version that it used must stay enabled.',
});
