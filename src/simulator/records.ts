import type { SlotName } from './estate.ts';

/** Something that changed in the simulated Azure. Never holds a key value. */
export interface Effect {
  /** Epoch milliseconds. */
  at: number;
  kind: 'regenerateKey' | 'setSecret';
  /** Name of the account or vault. */
  target: string;
  /** ARM id of the account or vault: two accounts may share a name. */
  id: string;
  slot?: SlotName;
  secret?: string;
  version?: string;
  /** Name of who did it. */
  principal: string;
}

export type SurfaceName = 'identity' | 'arm' | 'metrics' | 'keyVault' | 'dataPlane';

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
