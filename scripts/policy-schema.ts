/** `npm run policy:schema` writes env/policy.schema.json, by which editors complete and check a policy file. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { format } from 'prettier';
import { policyJsonSchema } from '../src/adapters/policy/index.ts';

const target = resolve(import.meta.dirname, '../env/policy.schema.json');
await writeFile(
  target,
  await format(JSON.stringify(policyJsonSchema()), { parser: 'json', printWidth: 110 }),
);
console.log(target);
