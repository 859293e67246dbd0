import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AccountIdentity, EncryptedAccount } from '../../../application/ports/encryption.ts';
import type { Encryption } from '../../../domain/encryptionKey/key.ts';
import { accountId } from '../../../domain/ids.ts';
import { partsOf } from '../accountIds.ts';

const account = z.looseObject({
  id: z.string(),
  location: z.string().optional(),
  kind: z.string().optional(),
  etag: z.string().optional(),
  identity: z
    .looseObject({
      type: z.string().optional(),
      principalId: z.string().optional(),
      tenantId: z.string().optional(),
      userAssignedIdentities: z
        .record(
          z.string(),
          z.looseObject({ principalId: z.string().optional(), clientId: z.string().optional() }),
        )
        .nullish(),
    })
    .nullish(),
  properties: z.looseObject({
    provisioningState: z.string().optional(),
    encryption: z
      .looseObject({
        keySource: z.string().optional(),
        keyVaultProperties: z
          .looseObject({
            keyName: z.string().nullish(),
            keyVersion: z.string().nullish(),
            keyVaultUri: z.string().nullish(),
            identityClientId: z.string().nullish(),
          })
          .nullish(),
      })
      .nullish(),
  }),
});
type Account = z.infer<typeof account>;

/** An account from the body of ARM's answer: the SDK's own model leaves out what it doesn't know. Throws on anything else. */
export function accountInFull(body: string): EncryptedAccount {
  const row = account.parse(JSON.parse(body));
  const encryption = encryptionOf(row);
  const identities = identitiesOf(row);
  return {
    id: accountId(row.id),
    name: partsOf(row.id).name,
    location: row.location ?? '',
    kind: row.kind ?? '',
    provisioningState: row.properties.provisioningState ?? 'unknown',
    etag: row.etag ?? null,
    tenant: row.identity?.tenantId ?? null,
    encryption,
    identities,
    opener: openerOf(encryption, identities),
    fields: fieldsOf(row),
  };
}

function encryptionOf({ properties: { encryption } }: Account): Encryption {
  const held = encryption?.keyVaultProperties;
  if (encryption?.keySource !== 'Microsoft.KeyVault' || !held) return { source: 'microsoft' };
  return {
    source: 'customer',
    key: { vault: held.keyVaultUri ?? '', name: held.keyName ?? '', version: held.keyVersion ?? '' },
    identityClientId: held.identityClientId ?? null,
  };
}

function identitiesOf({ identity }: Account): AccountIdentity[] {
  if (!identity) return [];
  const system = identity.principalId;
  const assigned = Object.entries(identity.userAssignedIdentities ?? {});
  return [
    ...(system === undefined ? [] : [{ objectId: system, clientId: null, name: 'system-assigned' }]),
    ...assigned.flatMap(([id, { principalId, clientId }]) =>
      principalId === undefined || clientId === undefined
        ? []
        : [{ objectId: principalId, clientId, name: id.split('/').at(-1) ?? id }],
    ),
  ];
}

function openerOf(encryption: Encryption, identities: readonly AccountIdentity[]): AccountIdentity | null {
  const named = encryption.source === 'customer' ? encryption.identityClientId : null;
  const found = identities.find(({ clientId }) => clientId === named);
  if (found) return found;
  // a first key: the only identity there is, whichever kind it is
  const [only, another] = identities;
  return encryption.source === 'microsoft' && !another ? (only ?? null) : null;
}

const byItself = /^(etag|systemData(\..*)?|properties\.provisioningState)$/;
/** Some kinds of account keep the credentials of other services there. */
const hidden = /^properties\.apiProperties\./;

function fieldsOf(row: Account): Record<string, string> {
  const fields: Record<string, string> = {};
  flatten('', row, fields);
  return fields;
}

function flatten(path: string, value: unknown, into: Record<string, string>): void {
  if (byItself.test(path)) return;
  if (isObject(value)) {
    for (const [name, inner] of Object.entries(value))
      flatten(path === '' ? name : `${path}.${name}`, inner, into);
    return;
  }
  const text = canonical(value);
  into[path] = hidden.test(path) ? `sha256:${createHash('sha256').update(text).digest('hex')}` : text;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON with sorted names; a list is sorted as well, since ARM promises no order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}
