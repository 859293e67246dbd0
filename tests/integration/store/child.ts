/**
 * A process of its own for the tests to kill. `node child.ts <what> <argument>`; says one line of JSON when
 * it has done it, and then stays alive.
 */
import { openStore } from '../../../src/adapters/store/index.ts';
import { anEvent, aRotation } from './rotations.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const [, , what, argument = ''] = process.argv;
const say = (answer: unknown): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);

try {
  if (what === 'own') {
    // the embedded database of a data folder, with a rotation in it
    const store = await openStore({ dataFolder: argument, log });
    const rotation = aRotation();
    await store.transaction((tx) => tx.insertRotation(rotation, 's', anEvent()));
    say({ rotation: rotation.id });
  } else {
    // the lock on the effect `k` in the database of a URL
    const store = await openStore({ url: argument, dataFolder: '', log });
    await store.journal.withLock('k', async () => {
      say({ held: true });
      await new Promise(() => undefined);
    });
  }
  setInterval(() => undefined, 60_000);
} catch (error) {
  say(error instanceof Error ? { name: error.name, message: error.message } : { error: String(error) });
}
