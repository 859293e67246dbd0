import type { Fault } from '../../domain/faults.ts';
import type { Answered } from './answered.ts';
import { retryAfter } from './retryAfter.ts';

/** A call, as far as words about its failure need it. */
export interface Operation {
  /** The method's name, for the log. */
  readonly name: string;
  /** Completes "Azure refused to …", e.g. `list the keys of contoso-chat`. */
  readonly doing: string;
  /** What it is done to, e.g. `The account contoso-chat`. */
  readonly thing: string;
  /** `once`: it changes something and must not be sent twice. `retried`: safe to repeat. */
  readonly sends: 'once' | 'retried';
  /** The right it needs and a role that has it. */
  readonly needs?: Readonly<{ action: string; role: string }>;
}

/** What the wire showed; see {@link Wire}. */
export interface Seen {
  readonly sent: boolean;
  readonly last: Answered | null;
}

/**
 * The only place where an error of the SDK becomes a fault: by what was seen on the wire (status, code,
 * whether anything left), never by an error's text. No body, key, token or stack gets through.
 */
export function faultOf(error: unknown, seen: Seen, operation: Operation, now: number): Fault {
  if (signInErrors.has(nameOf(error))) return notSignedIn(operation, nameOf(error));
  if (seen.last) return faultOfAnswer(seen.last, operation, now);
  const code = codeOf(error);
  if (seen.sent) return unknownOutcome(operation, code);
  return bugs.has(nameOf(error)) ? bug(operation, code) : unreachable(operation, code);
}

function faultOfAnswer(answer: Answered, operation: Operation, now: number): Fault {
  const { status, code = String(status) } = answer;
  const { doing, thing, needs } = operation;
  const answered = code === String(status) ? code : `${status} ${code}`;
  if (status === 401 && !answer.authorised) {
    return {
      kind: 'refused',
      code,
      says: `${thing} asks for a token of another service than this cloud's Key Vault, so none was sent to it.`,
      remedy: "Check the vault's address in the policy file and the cloud in the settings, then press Retry.",
    };
  }
  // The vault says that the value can't be read, not that a right is missing.
  if (code === 'SecretDisabled') {
    return {
      kind: 'refused',
      code,
      says: `${thing} is disabled, so Azure refused to ${doing}.`,
      remedy: 'Enable its current version, or name another secret in the policy file, then press Retry.',
    };
  }
  switch (status) {
    case 401:
      return {
        kind: 'denied',
        code,
        ...(answer.action !== undefined && { action: answer.action }),
        says: `Azure did not accept Keysmith's token when asked to ${doing} (${answered}).`,
        remedy:
          'Check which identity Keysmith runs as (AZURE_TENANT_ID, AZURE_CLIENT_ID) and its cloud, then press Retry.',
      };
    case 403: {
      const action = answer.action ?? needs?.action;
      return {
        kind: 'denied',
        code,
        ...(action !== undefined && { action }),
        says:
          code === 'ForbiddenByFirewall'
            ? `Azure refused to ${doing}: a firewall keeps Keysmith out (${answered}).`
            : `Azure refused to ${doing}: the identity lacks ${action ?? 'the right'} (${answered}).`,
        remedy:
          code === 'ForbiddenByFirewall'
            ? "Let Keysmith's network in, then press Retry."
            : `Grant it${needs ? `, for example with the role ${needs.role},` : ''} and press Retry. A new grant can take some minutes to count.`,
      };
    }
    case 404:
      return {
        kind: 'missing',
        code,
        says: `${thing} was not found when Azure was asked to ${doing} (${answered}).`,
        remedy:
          'Check the name, whether it was deleted, and whether the identity may see it; then press Retry.',
      };
    case 409:
      return code === 'ScopeLocked'
        ? {
            kind: 'conflict',
            code,
            says: `A lock keeps Azure from doing it: ${doing} (${answered}).`,
            remedy:
              'Remove the ReadOnly lock on it, its resource group or its subscription for the time of the rotation, then press Retry.',
          }
        : {
            kind: 'conflict',
            code,
            says: `${thing} is in a state that does not allow to ${doing} (${answered}).`,
            remedy: 'See in the portal what is going on there, wait until it is over, then press Retry.',
          };
    case 429: {
      const wait = retryAfter(answer.headers, now);
      return {
        kind: 'throttled',
        code,
        ...(wait !== undefined && { retryAfter: wait }),
        says: `Azure is being asked too often and did not ${doing}${wait === undefined ? '' : `; it asks to wait ${Math.ceil(wait / 1000)} s`} (${answered}).`,
        remedy: 'Nothing was done. Wait, then press Retry.',
      };
    }
    default:
      // 408 comes from a gateway that can't know what became of the request behind it; a redirect isn't followed
      if (status < 400 || status === 408 || status >= 500) {
        return unknownOutcome(operation, status < 300 ? 'UnreadableAnswer' : code);
      }
      return {
        kind: 'refused',
        code,
        says: `Azure refused to ${doing} (${answered}).`,
        remedy: `${thing} may be in a state that does not allow it: see the portal, then press Retry.`,
      };
  }
}

const unknownOutcome = ({ doing, sends }: Operation, code: string): Fault => ({
  kind: 'unknownOutcome',
  code,
  says: `No usable answer came back when Azure was asked to ${doing} (${code}).`,
  remedy:
    sends === 'once'
      ? 'It may have happened all the same. Retry begins with a look at what Azure holds now.'
      : 'Nothing was changed by asking. Press Retry.',
});

const unreachable = ({ doing }: Operation, code: string): Fault => ({
  kind: 'unreachable',
  code,
  says: `Azure could not be reached to ${doing}: nothing was sent (${code}).`,
  remedy: "Check Keysmith's network, name resolution, proxy and certificates, then press Retry.",
});

const notSignedIn = ({ doing }: Operation, code: string): Fault => ({
  kind: 'unreachable',
  code,
  says: `Keysmith could not sign in to Azure to ${doing}: nothing was sent (${code}).`,
  remedy:
    'Check the managed identity or the credentials in its settings (AZURE_TENANT_ID, AZURE_CLIENT_ID, …), then press Retry.',
});

const bug = ({ doing }: Operation, code: string): Fault => ({
  kind: 'bug',
  code,
  says: `Keysmith failed before it could ask Azure to ${doing}: nothing was sent (${code}).`,
  remedy: 'This is a fault of Keysmith. Tell the people who run it; the log has the event.',
});

/** By name: the classes of @azure/identity may be there twice. */
const signInErrors = new Set([
  'AggregateAuthenticationError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
]);

/** The names that JavaScript itself gives to a mistake in a program. */
const bugs = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'EvalError']);

const nameOf = (error: unknown): string => text(error, 'name') ?? 'Error';

/** An error's code or name if it looks like one: `ECONNRESET`, `AbortError`. */
function codeOf(error: unknown): string {
  const code = text(error, 'code');
  return code !== undefined && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : nameOf(error);
}

function text(error: unknown, field: 'name' | 'code'): string | undefined {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
  return typeof value === 'string' && /^\w{1,60}$/.test(value) ? value : undefined;
}
