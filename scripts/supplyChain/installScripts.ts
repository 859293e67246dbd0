import type { Locked } from './lockFile.ts';
import type { Policy } from './policy.ts';

/** Packages with an install script that the policy does not name, and names that nothing needs. */
export function installScriptFindings(packages: Locked[], policy: Policy): string[] {
  const withScript = packages.filter(({ hasInstallScript }) => hasInstallScript);
  const names = new Set(withScript.map(({ name }) => name));
  return [
    ...withScript
      .filter(({ name }) => !Object.hasOwn(policy.installScripts, name))
      .map(
        ({ title }) =>
          `${title} has an install script. Read it; if the package works without, name it in policy.ts with the reason, else choose another.`,
      ),
    ...Object.keys(policy.installScripts)
      .filter((name) => !names.has(name))
      .map((name) => `${name} has no install script any more. Remove it from policy.ts.`),
  ];
}

/** Lines that .npmrc must have: without them the rest of the checks would be about a lock file only. */
export function settingFindings(npmrc: string): string[] {
  const lines = npmrc.split('\n').map((line) => line.replaceAll(/\s/g, ''));
  return Object.entries({
    'ignore-scripts': 'install scripts would run',
    'omit-lockfile-registry-resolved': 'the lock file would name one registry',
  }).flatMap(([name, otherwise]) => {
    const said = lines.filter((line) => line.startsWith(`${name}=`));
    return said.length > 0 && said.every((line) => line === `${name}=true`)
      ? []
      : [`.npmrc must say ${name}=true: ${otherwise}.`];
  });
}
