/** Joins words and isn't seen: it takes a marker apart and leaves the text as it reads. */
const joiner = '\u2060';

/**
 * Text that somebody typed, a name or an answer of Azure, made fit for a `TextRun`, which knows no Markdown.
 * A `TextBlock`, a `Fact` and `fallbackText` do know it, so they show only words of our own.
 *
 * Gives one line of at most `max` characters, a cut one ending in "…". Direction marks and other invisible
 * characters are taken out, since they can make a text read differently from what it says; what a client
 * might replace (`{{DATE(…)}}`, `${…}`, `<at>`) is taken apart.
 */
export function plain(text: string, max = 200): string {
  const line = text
    .toWellFormed()
    // zero-width joiners stay: emoji and several scripts are written with them
    .replace(/(?![\u200c\u200d])\p{Cf}/gu, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/(\p{M}{3})\p{M}+/gu, '$1')
    .trim();
  return breakable(cut(line, max))
    .replace(/\{(?=\{)/g, `{${joiner}`)
    .replace(/\$(?=\{)/g, `$${joiner}`)
    .replace(/<(?=[a-z/!])/gi, `<${joiner}`);
}

/** Lets a client break a long word, such as the name of an Azure action, where it doesn't scroll sideways. */
const breakable = (text: string): string =>
  text.replace(/\S{31,}/gu, (word) =>
    word.replace(/([/._-])(?=\w)/g, '$1\u200b').replace(/[^\u200b]{30}(?=[^\u200b])/gu, '$&\u200b'),
  );

/** At most `max` characters, a cut text ending in "…". By code points, so that no character is cut in two. */
export function cut(text: string, max: number): string {
  const characters = Array.from(text);
  return characters.length <= max
    ? text
    : `${characters
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`;
}

/** An account's name where Markdown would be read: Azure's own spelling of names holds none of its marks. */
export const accountInWords = (name: string): string =>
  /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(name) ? name : 'the account';
