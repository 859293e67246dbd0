import type { SlotName } from './estate.ts';

/** Something that changed in the simulated Azure. Never holds a key value. */
export interface Effect {
  /** Epoch milliseconds. */
  at: number;
  kind:
    | 'regenerateKey'
    | 'setSecret'
    /** A new key, or a new version of one. */
    | 'createKey'
    | 'rotateKey'
    /** Attributes or tags of a version. */
    | 'updateKey'
    | 'deleteKey'
    | 'recoverKey'
    /** ARM took a change of an account; `change` says of what. */
    | 'updateAccount'
    /** An account's data is wrapped with another key version from now on. */
    | 'wrapData'
    /** The same, because the account follows its key's newest version. */
    | 'followKey'
    /** A change that was accepted came to nothing. */
    | 'updateFailed';
  /** Name of the account or vault. */
  target: string;
  /** ARM id of the account or vault: two accounts may share a name. */
  id: string;
  slot?: SlotName;
  secret?: string;
  key?: string;
  /** Of the secret or key. */
  version?: string;
  change?: string;
  /** Name of who did it. */
  principal: string;
}

export type SurfaceName = 'identity' | 'arm' | 'metrics' | 'keyVault' | 'dataPlane' | 'graph';

/** One request that came in. `status` 0: no answer (yet). Never holds a header or a body. */
export interface RequestRecord {
  at: number;
  surface: SurfaceName;
  method: string;
  path: string;
  status: number;
  /** Counts against ARM's write limit: every method but GET. */
  armWrite: boolean;
  principal?: string;
  /** Gateway node that the connection met. */
  node: number;
}

const mostRequests = 200_000;

export function remember(requests: RequestRecord[], record: RequestRecord): void {
  requests.push(record);
  if (requests.length > mostRequests) requests.splice(0, mostRequests / 2);
}
