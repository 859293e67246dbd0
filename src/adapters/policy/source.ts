import { isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import type { Path, Spot } from './problems.ts';

/** A YAML text, read: what it says, and where each thing in it stands. */
export type Source = Readonly<{
  data: unknown;
  /** What isn't YAML, or isn't unambiguous. `fatal`: the data cannot be trusted at all. */
  flaws: readonly (Spot & Readonly<{ says: string; fatal: boolean }>)[];
  /** The spot of a value; of the nearest thing around it when it isn't there. `of: 'key'` means its key. */
  spot: (path: Path, of?: 'key') => Spot;
}>;

/** In plain words, the flaws that people make; for the others the parser's own words are good enough. */
const plain: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'there is a tab: indent with spaces',
  DUPLICATE_KEY: 'this name stands here twice: keep one of them',
  MULTIPLE_DOCS: 'a second document begins here: the policy is one document, so delete the line `---`',
  TAG_RESOLVE_FAILED: 'tags, which begin with `!`, mean nothing here: delete it',
};

/** Reads YAML 1.2, with anchors, aliases and `<<` merges. */
export function readSource(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    stringKeys: true,
  });
  const spotOf = (offset: number): Spot => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  // an unknown tag is a warning to the parser; here it means that somebody expects what won't happen
  const flaws = [...document.errors, ...document.warnings].map(({ code, message, pos }) => ({
    ...spotOf(pos[0]),
    says: plain[code] ?? message.toLowerCase(),
    fatal: code !== 'DUPLICATE_KEY',
  }));
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      const says = `there is no anchor \`&${alias.source}\` before this`;
      flaws.push({ ...spotOf(alias.range?.[0] ?? 0), says, fatal: true });
    },
  });
  const start = { line: 1, column: 1 };
  const fatal = flaws.some((flaw) => flaw.fatal);
  const read: Values = fatal ? { data: undefined } : values(document);
  return {
    data: read.data,
    flaws: read.says !== undefined ? [...flaws, { ...start, says: read.says, fatal: true }] : flaws,
    spot: (path, of) => {
      const offset = find(document, path, of);
      return offset === undefined ? start : spotOf(offset);
    },
  };
}

type Values = Readonly<{ data: unknown; says?: string }>;

function values(document: Document): Values {
  try {
    return { data: document.toJS() as unknown };
  } catch {
    // the parser stops at anchors that multiply without end
    return { data: undefined, says: 'the anchors in it unfold into more than can be read' };
  }
}

/** Offset of what stands at the path, or of the last thing on the way to it. */
function find(document: Document, path: Path, of?: 'key'): number | undefined {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0];
  for (const [depth, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    let key: Node | null = null;
    let value: Node | null = null;
    if (isMap<Node, Node | null>(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === part);
      key = pair?.key ?? null;
      value = pair?.value ?? null;
    } else if (isSeq<Node>(node) && typeof part === 'number') {
      value = node.items[part] ?? null;
    }
    if (key === null && value === null) return offset;
    // a value of several lines is best found by its key
    const last = depth === path.length - 1;
    const shown =
      key !== null && (isCollection(value) || value === null || (last && of === 'key')) ? key : value;
    offset = shown?.range?.[0] ?? offset;
    node = value;
  }
  return offset;
}
