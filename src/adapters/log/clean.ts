/** What is written in place of a value that might be a secret. */
export const hidden = '[hidden]';

/** Names under which a secret would travel. Compared in lower case without hyphens and underscores. */
const secretNames = new Set([
  ...['password', 'passwd', 'pwd', 'microsoftapppassword', 'clientsecret', 'credential', 'credentials'],
  ...['token', 'accesstoken', 'refreshtoken', 'idtoken', 'assertion', 'authorization', 'cookie', 'setcookie'],
  ...['apikey', 'key1', 'key2', 'keys', 'keyvalue', 'accesskey', 'subscriptionkey', 'ocpapimsubscriptionkey'],
  ...['value', 'secretvalue', 'connectionstring', 'databaseurl', 'identityheader', 'xidentityheader'],
  ...['body', 'headers'],
]);

/** Things that hold what strangers wrote. Only as a whole: `card: 'living'` is the name of one. */
const wholeNames = new Set(['request', 'response', 'card', 'attachments', 'activity', 'env', 'process']);

/** Texts that are a secret under any name: tokens, Authorization headers, passwords in URLs, keys of today's length. */
const secretTexts = [
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}/gi,
  /(?<=\w:\/\/)[^\s/:@]*:[^\s@]+(?=@)/g,
  /\b(?:AccountKey|ApiKey|api-key|sig)=[^;&\s]+/gi,
  /\b[A-Za-z0-9]{80,}\b/g,
];

/** Deeper than any event is; stops at things that contain themselves. */
const deepest = 6;

/**
 * The fields of a log event without anything that might be a secret: the second line of defence behind not
 * logging secrets. An error becomes its name and code, because its message can quote a request or an answer;
 * `frames` adds where it was thrown.
 */
export function clean(fields: object, frames: boolean, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      isHidden(name, value) ? hidden : cleanValue(value, frames, depth),
    ]),
  );
}

function isHidden(name: string, value: unknown): boolean {
  const plain = name.toLowerCase().replace(/[-_]/g, '');
  const isThing = typeof value === 'object' && value !== null;
  return secretNames.has(plain) ? isThing || typeof value === 'string' : isThing && wholeNames.has(plain);
}

function cleanValue(value: unknown, frames: boolean, depth: number): unknown {
  if (typeof value === 'string') {
    return secretTexts.reduce((text, pattern) => text.replace(pattern, hidden), value);
  }
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= deepest) return '[deeper]';
  if (isError(value)) return cleanError(value, frames, depth);
  if (Array.isArray(value)) return value.map((one) => cleanValue(one, frames, depth + 1));
  if (value instanceof Date) return value.toISOString();
  // a class says for itself how it wants to be seen
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return cleanValue((value as { toJSON: () => unknown }).toJSON(), frames, depth + 1);
  }
  return clean(value, frames, depth + 1);
}

/** Also one of another realm, which is no instance of this one's Error. */
const isError = (value: object): value is Error =>
  value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';

function cleanError(error: Error, frames: boolean, depth: number): Record<string, unknown> {
  const code = 'code' in error ? error.code : undefined;
  const status = 'statusCode' in error ? error.statusCode : undefined;
  return {
    name: error.name,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof status === 'number' && { status }),
    ...(error.cause !== undefined && { cause: cleanValue(error.cause, frames, depth + 1) }),
    // the head of a stack is the message
    ...(frames && {
      at: (error.stack ?? '')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line.startsWith('at ')),
    }),
  };
}
