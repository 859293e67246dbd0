import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import jszip from 'jszip';
import { err, ok } from '../../src/domain/result.ts';
import type { Result } from '../../src/domain/result.ts';
import { fillIn } from './fillIn.ts';
import { validateManifest } from './validateManifest.ts';

/** The same content gives the same file: this is the earliest time that a zip can hold. */
const date = new Date('1980-01-01T00:00:00Z');

/**
 * Makes the package that is uploaded to Teams: the manifest with its variables filled in, and the icons.
 * @param folder where manifest.json, color.png and outline.png are
 * @returns the zip, or every reason why there is none
 */
export async function buildPackage(
  folder: string,
  variables: Record<string, string | undefined>,
): Promise<Result<Buffer, string[]>> {
  const template = await readFile(join(folder, 'manifest.json'), 'utf8');
  const filled = fillIn(template, variables);
  if (!filled.ok) return err(filled.error.map((name) => `${name} is not set`));
  const faults = validateManifest(JSON.parse(filled.value));
  if (faults.length > 0) return err(faults);
  const zip = new jszip();
  zip.file('manifest.json', filled.value, { date });
  for (const icon of ['color.png', 'outline.png'])
    zip.file(icon, await readFile(join(folder, icon)), { date });
  return ok(await zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' }));
}
