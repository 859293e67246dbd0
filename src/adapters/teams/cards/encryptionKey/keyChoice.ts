import type { KeyAddress } from '../../../../domain/encryptionKey/key.ts';
import type { KeyChoice } from '../../../../domain/encryptionKey/target.ts';
import { err, ok, type Result } from '../../../../domain/result.ts';

/** What the inputs of the card that asks for a key come back with; each is a stranger's text. */
export type KeyInputs = Readonly<{
  option?: string | undefined;
  newName?: string | undefined;
  vault?: string | undefined;
  identifier?: string | undefined;
}>;

/** Which of the inputs can't be understood. `option` can only be wrong when no card of ours sent it. */
export type UnclearKey = 'option' | 'newName' | 'vault' | 'identifier' | 'nothing';

/** `https://<vault>/keys/<name>/<version>`, as Azure spells the identifier of a version. */
export const identifierOf = ({ vault, name, version }: KeyAddress): string =>
  [vault.replace(/\/$/, ''), 'keys', name, version].join('/');

/** A choice as the value of an option: short, and understood without anything beside it. */
export const optionOf = (choice: KeyChoice): string =>
  choice.of === 'existing' ? identifierOf(choice.key) : choice.of;

/** Source: Key Vault, "Objects, identifiers, and versioning": names of keys, and versions of 32 characters. */
const path = /^\/keys\/([0-9a-zA-Z-]{1,127})(?:\/([0-9a-zA-Z]{1,64}))?\/?$/;
const name = /^[0-9a-zA-Z-]{1,127}$/;

/** An address on https with nothing but a host in it: no name to sign in with, no query, no fragment. */
function httpsOf(text: string): URL | undefined {
  const url = URL.parse(text.trim());
  const bare = url?.protocol === 'https:' && url.username === '' && url.password === '';
  return bare && url.search === '' && url.hash === '' ? url : undefined;
}

/** The address of a vault, ending in a slash as Azure spells it; undefined of anything else. */
function vaultOf(text: string): string | undefined {
  const url = httpsOf(text);
  return url?.pathname === '/' ? `${url.origin}/` : undefined;
}

/** A key by its identifier. Without a version it is the newest one, which the check then names. */
function keyOf(identifier: string): KeyAddress | undefined {
  const url = httpsOf(identifier);
  const [, keyName, version = ''] = path.exec(url?.pathname ?? '') ?? [];
  return url === undefined || keyName === undefined
    ? undefined
    : { vault: `${url.origin}/`, name: keyName, version };
}

/** What a person chose. An identifier counts before the options: nobody types one by mistake. */
export function parseKeyChoice(inputs: KeyInputs): Result<KeyChoice, UnclearKey> {
  const { option = '', newName = '', vault = '', identifier = '' } = inputs;
  if (identifier !== '') {
    const key = keyOf(identifier);
    return key === undefined ? err('identifier') : ok({ of: 'existing', key });
  }
  switch (option) {
    case '':
      return err('nothing');
    case 'newVersion':
      return ok({ of: 'newVersion' });
    case 'newKey': {
      if (!name.test(newName)) return err('newName');
      const where = vaultOf(vault);
      return where === undefined ? err('vault') : ok({ of: 'newKey', vault: where, name: newName });
    }
    default: {
      const key = keyOf(option);
      return key === undefined ? err('option') : ok({ of: 'existing', key });
    }
  }
}
