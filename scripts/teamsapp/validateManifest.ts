import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ajv from 'ajv-draft-04';
import formats from 'ajv-formats';

const schemas = resolve(
  import.meta.dirname,
  '../../node_modules/@microsoft/app-manifest/build/json-schemas/teams',
);

/** The newest version of the manifest schema that Microsoft's package brings along, '1.30' for example. */
export function newestSchema(): { version: string; schema: object } {
  const minors = readdirSync(schemas).flatMap((name) => /^v1\.(\d+)$/.exec(name)?.[1] ?? []);
  const version = `1.${Math.max(...minors.map(Number))}`;
  const file = join(schemas, `v${version}`, 'MicrosoftTeams.schema.json');
  return { version, schema: JSON.parse(readFileSync(file, 'utf8')) as object };
}

/**
 * Judges a manifest whose variables are filled in.
 * @returns one sentence for each fault: where, and what the schema wants there
 */
export function validateManifest(manifest: unknown): string[] {
  const checker = new ajv.default({ allErrors: true, strict: false });
  formats.default(checker);
  const validate = checker.compile(newestSchema().schema);
  validate(manifest);
  return (validate.errors ?? []).map((e) => `${e.instancePath || 'manifest'} ${e.message ?? e.keyword}`);
}
