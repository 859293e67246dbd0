import { type KeyAddress, sameKey } from '../../../domain/encryptionKey/key.ts';
import type { Fault } from '../../../domain/faults.ts';
import { ok, type Result } from '../../../domain/result.ts';
import { answered, failed, type Run, type StepRunner, type Tools } from '../../step.ts';
import { accountOf } from './rotation.ts';

const tag = 'keysmith-guard';
/** Of a tag's value. Source: Key Vault, "About keys, secrets and certificates", tags. */
const longest = 256;

/**
 * Tags every version that the account ever used, so that whoever thinks of disabling one reads why not. What
 * can't be tagged is watched all the same.
 */
export const guardOldVersion: StepRunner<'guardOldVersion'> = async (tools, run) => {
  const inherited = await inheritedBy(tools, run);
  const tagged: KeyAddress[] = [];
  const untagged: { key: KeyAddress; says: string }[] = [];
  for (const key of [...run.ask.versions, ...inherited]) {
    run.signal.throwIfAborted();
    const put = await putTag(tools, run, key);
    if (put.ok) tagged.push(key);
    // waited out: a tag that is there already isn't put again
    else if (put.error.kind === 'throttled') return failed<'guardOldVersion'>(put.error);
    else untagged.push({ key, says: put.error.says });
  }
  return answered<'guardOldVersion'>({ tagged, untagged, inherited });
};

/** Versions that earlier rotations of the account put under guard, each once. */
async function inheritedBy(
  { guards }: Tools,
  { rotation, ask }: Run<'guardOldVersion'>,
): Promise<readonly KeyAddress[]> {
  const earlier = await guards.of(accountOf(rotation).id);
  return earlier
    .filter((guard) => guard.rotation !== rotation.id)
    .flatMap(({ versions }) => versions)
    .reduce<readonly KeyAddress[]>(
      (all, key) => ([...ask.versions, ...all].some((one) => sameKey(one, key)) ? all : [...all, key]),
      [],
    );
}

/** Several accounts may use a version, so what others wrote into the tag stays as long as it fits. */
async function putTag(
  { encryption }: Tools,
  { rotation, signal }: Run<'guardOldVersion'>,
  key: KeyAddress,
): Promise<Result<void, Fault>> {
  const own = `${accountOf(rotation).name} ${rotation.id}`;
  const read = await encryption.keys.read(key, signal);
  if (!read.ok) return read;
  const others = read.value.tags[tag] ?? '';
  if (others.split('; ').includes(own)) return ok(undefined);
  const joined = others === '' ? own : `${own}; ${others}`;
  const put = await encryption.keys.tag(key, { [tag]: joined.slice(0, longest) }, signal);
  return put.ok ? ok(undefined) : put;
}
