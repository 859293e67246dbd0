import { plain } from './plain.ts';

/** Azure's own name of a right stands where it can be copied unbroken; anything else is shown as a stranger's text. */
export function missingRight(action = '') {
  return /^[A-Za-z0-9./]{0,160}$/.test(action)
    ? { action, right: '' }
    : { action: '', right: `Missing right: ${plain(action, 160)}` };
}
