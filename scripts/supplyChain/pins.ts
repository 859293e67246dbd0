import type { LockFile, Manifest } from './lockFile.ts';
import { sections } from './lockFile.ts';
import type { Policy } from './policy.ts';

const exact = /^\d+\.\d+\.\d+(-[\w.-]+)?$/;
const again = 'Run npm install and commit package-lock.json.';

/** Direct dependencies that are not one exact version of the registry's, or that the lock file has otherwise. */
export function pinFindings(manifest: Manifest, lock: LockFile, policy: Policy): string[] {
  const root = lock.packages[''];
  const ranges = new Set<string>();
  const findings = sections.flatMap((section) => {
    const asked = manifest[section];
    const gone = Object.keys(root?.[section] ?? {}).filter((name) => !Object.hasOwn(asked, name));
    return [
      ...gone.map((name) => `${name} is in the ${section} of the lock file alone. ${again}`),
      ...Object.entries(asked).flatMap(([name, spec]) => {
        if (root?.[section][name] !== spec) return [`The lock file does not know ${name} ${spec}. ${again}`];
        if (exact.test(spec)) {
          const version = lock.packages[`node_modules/${name}`]?.version ?? 'nothing';
          return version === spec
            ? []
            : [`package.json pins ${name} ${spec}, and the lock file has ${version}. ${again}`];
        }
        if (/[:/]/.test(spec))
          return [`${name} comes from ${spec}, not from the registry. Use a version that it has.`];
        ranges.add(name);
        return Object.hasOwn(policy.ranges, name)
          ? []
          : [`${name} ${spec} is a range. Pin the version that the lock file has.`];
      }),
    ];
  });
  const stale = Object.keys(policy.ranges).filter((name) => !ranges.has(name));
  return [...findings, ...stale.map((name) => `${name} is no range any more. Remove it from policy.ts.`)];
}
