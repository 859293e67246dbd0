import type { Locked } from './lockFile.ts';
import type { Policy } from './policy.ts';

const remedy = 'Choose another package, or name the licence or the exception in policy.ts with the reason.';

/**
 * Licences that the policy does not name, and exceptions that nothing needs. Expressions are compared to
 * the letter, so that every "A OR B" is somebody's recorded choice.
 */
export function licenceFindings(packages: Locked[], policy: Policy): string[] {
  const exceptions = new Map(Object.entries(policy.licenceExceptions));
  const used = new Set<string>();
  const findings = packages.flatMap(({ name, title, license, dev }) => {
    const exception = exceptions.get(name);
    if (license !== undefined && Object.hasOwn(policy.licences, license)) return [];
    if (!exception) {
      return license === undefined
        ? [`${title} declares no licence. Read what it brings. ${remedy}`]
        : [`${title} is under ${license}, which is not allowed. ${remedy}`];
    }
    used.add(name);
    if (exception.declares !== license) {
      const was = exception.declares ?? 'no licence';
      return [
        `${title} declares ${license ?? 'no licence'}, and its exception is for ${was}. Read its licence again and mend the exception in policy.ts.`,
      ];
    }
    return exception.devOnly && !dev
      ? [
          `${title} is allowed for development only, and now it ships. Keep it out of what ships: ${exception.reason}`,
        ]
      : [];
  });
  const stale = [...exceptions.keys()].filter((name) => !used.has(name));
  return [
    ...findings,
    ...stale.map((name) => `${name} needs its licence exception no longer. Remove it from policy.ts.`),
  ];
}
