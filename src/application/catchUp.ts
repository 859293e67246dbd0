import type { RotationId } from '../domain/ids.ts';
import { happen } from './happen.ts';
import type { Clock, Pure } from './ports/ambient.ts';
import type { Store } from './ports/store.ts';

/** A rotation's own deadline may have come. A stale wake-up is a no-op. */
export async function catchUp(store: Store, pure: Pure, clock: Clock, id: RotationId): Promise<void> {
  await store.transaction(async (tx) => {
    await happen(tx, pure, id, { type: 'timePassed', at: clock.now() });
  });
}
