import { z } from 'zod';
import type { LockFile } from './lockFile.ts';
import { lockedPackages } from './lockFile.ts';

const component = z.looseObject({
  'bom-ref': z.string(),
  name: z.string(),
  purl: z.string().default(''),
  properties: z.array(z.looseObject({ name: z.string() })).default([]),
  hashes: z.array(z.object({ alg: z.string(), content: z.string() })).default([]),
});

/** What is read of a CycloneDX bill (https://cyclonedx.org/docs/1.5/json/); the rest of it is kept as it is. */
export const bill = z.looseObject({
  bomFormat: z.string(),
  specVersion: z.string(),
  metadata: z.looseObject({ component }),
  components: z.array(component),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()).default([]) })),
});
export type Bill = z.infer<typeof bill>;

/**
 * The bill without what is for development only. npm's own `--omit dev` leaves out every package that
 * something for development needs as well (https://github.com/npm/cli/issues/7909), so the lock file decides.
 * @param full npm's bill of everything
 * @param name the project's; npm takes that of the folder
 */
export function productionOnly(full: Bill, lock: LockFile, name: string): Bill {
  const shipped = new Set(shippedPackages(lock).map(({ title }) => title));
  const project = full.metadata.component;
  return {
    ...full,
    metadata: { ...full.metadata, component: { ...project, name } },
    components: full.components
      .filter((part) => shipped.has(part['bom-ref']))
      // one that ships from another folder may carry the mark of its twin
      .map((part) => ({
        ...part,
        properties: part.properties.filter((property) => property.name !== 'cdx:npm:package:development'),
      })),
    dependencies: full.dependencies
      .filter(({ ref }) => ref === project['bom-ref'] || shipped.has(ref))
      .map((part) => ({ ...part, dependsOn: part.dependsOn.filter((ref) => shipped.has(ref)) })),
  };
}

/** What keeps a bill from being a whole CycloneDX account of what the lock file ships. */
export function billFindings(found: Bill, lock: LockFile): string[] {
  if (found.bomFormat !== 'CycloneDX' || !/^1\.[4-9]$/.test(found.specVersion)) {
    return [`The bill is ${found.bomFormat} ${found.specVersion}, not CycloneDX 1.4 or newer. Update npm.`];
  }
  const parts = new Map(found.components.map((part) => [part['bom-ref'], part]));
  const shipped = shippedPackages(lock);
  const titles = new Set(shipped.map(({ title }) => title));
  const extra = [...parts.keys()].filter((ref) => !titles.has(ref));
  return [
    ...extra.map((ref) => `The bill names ${ref}, which does not ship. Lock and install again.`),
    ...shipped.flatMap(({ title, integrity }) => {
      const part = parts.get(title);
      if (!part) return [`The bill leaves out ${title}. Lock and install again.`];
      const hash = hex(integrity);
      const known = part.hashes.some(({ alg, content }) => alg === 'SHA-512' && content === hash);
      return [
        // a purl writes the @ of a scope as %40
        ...(part.purl === `pkg:npm/${title.replace(/^@/, '%40')}`
          ? []
          : [`The bill has no purl of ${title}. Update npm.`]),
        ...(known ? [] : [`The bill lacks the hash that the lock file has of ${title}. Update npm.`]),
      ];
    }),
  ];
}

function shippedPackages(lock: LockFile) {
  return lockedPackages(lock).filter(({ dev }) => !dev);
}

/** `sha512-<base64>` as CycloneDX writes it. */
function hex(integrity = ''): string {
  return Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
}
