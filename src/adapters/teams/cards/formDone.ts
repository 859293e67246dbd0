import type { Person } from '../../../domain/people.ts';
import { plain } from './plain.ts';
import { marks } from './rows.ts';
import { headingOf } from './shared.ts';
import { fill } from './templates.ts';
import type { Card, CardView } from './view.ts';
import { nameOf } from './words.ts';

/**
 * What stands in place of a form once it was sent, for everybody: a form that stays open would be sent again.
 * `did`: what its sender did by it, to go on behind their name; `said`: what they wrote into it.
 */
export const formDoneCard = ({ rotation }: CardView, by: Person, did: string, said = ''): Card =>
  fill('form-done', {
    ...headingOf(rotation),
    ...marks.done,
    title: `${nameOf(by)} ${did}`,
    says: said.trim() === '' ? '' : `“${plain(said, 300)}”`,
    where: 'The card of the rotation shows where it stands.',
  });
