import type { Probe } from '../../application/ports/azure.ts';
import type { Account } from '../../domain/account.ts';
import { readError } from './answered.ts';
import type { Context } from './call.ts';
import { freshGet, type Got } from './freshGet.ts';
import { Sealed } from './keyMaterial.ts';

/** Kinds with the OpenAI surface: a list of models costs no tokens and is refused to a wrong key. */
const openAiKinds = new Set(['AIServices', 'OpenAI']);

/** learn.microsoft.com/rest/api/azureopenai/models/list */
const models = 'openai/models?api-version=2024-10-21';

const mostBytes = 4 * 1024 * 1024;

/**
 * Tries a key against an account's data plane, one try after the other, each on a connection of its own so that
 * it may meet another gateway node. Each try is written into the probe log as it happens. Stops when aborted.
 */
export async function probeKey(
  { settings }: Context,
  account: Account,
  key: Sealed,
  times: number,
  signal?: AbortSignal,
): Promise<Probe> {
  const { now, probes, callTimeout } = settings;
  if (!openAiKinds.has(account.kind)) {
    return {
      statuses: [],
      note: `Accounts of the kind ${account.kind} have no address where a key could be tried.`,
    };
  }
  const url = URL.parse(models, account.endpoint.replace(/\/*$/, '/'));
  if (url?.protocol !== 'https:') {
    return { statuses: [], note: 'The account has no https endpoint where a key could be tried.' };
  }
  const statuses: number[] = [];
  let note: string | undefined;
  while (statuses.length < times && signal?.aborted !== true) {
    const at = now();
    const headers = { 'api-key': Sealed.open(key) };
    const got = await freshGet(url, { headers, timeout: callTimeout, limit: mostBytes }, signal);
    const status = got.answered ? got.status : 0;
    statuses.push(status);
    note = noteOn(got) ?? note;
    await probes.add(account.id, at, [status]);
  }
  return { statuses, ...(note !== undefined && { note }) };
}

/** What to say of an answer that is neither "let in" nor "wrong key". */
function noteOn(got: Got): string | undefined {
  if (!got.answered) return `The data plane gave no answer (${got.code}).`;
  const { status, body } = got;
  if (status === 200) return undefined;
  // Reports show 403 with this code, the documentation says 401.
  if ((status === 401 || status === 403) && readError(body)?.code === 'AuthenticationTypeDisabled') {
    return `Local authentication is off, so the data plane takes no key at all (${status}).`;
  }
  switch (status) {
    case 401:
      return undefined;
    case 403:
      return 'The data plane refuses calls from where Keysmith runs (403): a private endpoint or a firewall.';
    case 404:
      return 'The data plane does not know the address where a key would be tried (404).';
    default:
      return `The data plane answered ${status}.`;
  }
}
