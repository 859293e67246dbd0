import { duration } from '../../application/duration.ts';
import { defaultEncryption } from './encryption.ts';
import { defaultExecution } from './execution.ts';
import { defaultTiming } from './timing.ts';

/** What applies where nothing in the file says otherwise, by the names that the file would use. */
export const builtIn: Readonly<Record<string, string>> = {
  'gates.oneWay': 'no such gate: nobody may go through',
  'gates.waive': 'as retire',
  'gates.breakGlass': 'no such gate: nobody may hurry',
  afterwards: 'ask',
  'execution.windows': 'at any time',
  'execution.freezes': 'none',
  'execution.within': duration(defaultExecution.within),
  'encryption.type': defaultEncryption.type,
  'encryption.bits': String(defaultEncryption.bits),
  'encryption.lifetime': "as the vault's own rotation policy says, else for ever",
  ...Object.fromEntries(
    Object.entries(defaultTiming).map(([name, wait]) => [`timing.${name}`, duration(wait)]),
  ),
  consumers: 'none known',
};
