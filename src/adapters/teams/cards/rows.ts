/** One line of a list on a card. Every word of it is shown in a `TextRun`. */
export type Row = Readonly<{
  glyph: string;
  colour: 'Default' | 'Good' | 'Accent' | 'Warning' | 'Attention';
  title: string;
  says: string;
  /** A quieter second line; empty for none. */
  note: string;
  weight: 'Bolder' | 'Default';
}>;

/** Asks for the sign as text: some phones would put a coloured picture in its place. */
const asText = (sign: string): string => `${sign}\ufe0e`;

/** The same marks on every card. Each stands beside a word that says the same. */
export const marks = {
  done: { glyph: asText('✔'), colour: 'Good' },
  now: { glyph: asText('▶'), colour: 'Accent' },
  next: { glyph: '○', colour: 'Default' },
  halted: { glyph: asText('✖'), colour: 'Attention' },
  // yellow on white can't be read
  unsure: { glyph: asText('⚠'), colour: 'Default' },
  left: { glyph: '–', colour: 'Default' },
} as const satisfies Record<string, Pick<Row, 'glyph' | 'colour'>>;

export type Mark = keyof typeof marks;

export const row = (mark: Mark, title: string, says: string, note = ''): Row => ({
  ...marks[mark],
  title,
  says,
  note,
  weight: 'Bolder',
});

/** A row on the coloured ground of what dies, where a coloured mark couldn't be told from it. */
export const dying = (mark: Mark, title: string, says: string): Row => ({
  ...row(mark, title, says),
  colour: 'Default',
});

/** A label and what it says. */
export type Fact = Readonly<{ label: string; value: string }>;

export const facts = (pairs: Readonly<Record<string, string>>): readonly Fact[] =>
  Object.entries(pairs)
    .filter(([, value]) => value !== '')
    .map(([label, value]) => ({ label, value }));
