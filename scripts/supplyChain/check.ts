import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installScriptFindings, settingFindings } from './installScripts.ts';
import { installedFindings } from './installed.ts';
import { integrityFindings } from './integrity.ts';
import { licenceFindings } from './licences.ts';
import { lockFile, lockedPackages, manifest } from './lockFile.ts';
import { pinFindings } from './pins.ts';
import type { Policy } from './policy.ts';

/**
 * Everything that is wrong with the packages a project depends on, offline.
 * @param root the folder with package.json, package-lock.json, .npmrc and node_modules
 * @returns for each check one sentence a finding: what is wrong and what to do
 */
export async function checkSupplyChain(root: string, policy: Policy): Promise<Record<Check, string[]>> {
  const read = (name: string) => readFile(join(root, name), 'utf8');
  const lock = lockFile.parse(JSON.parse(await read('package-lock.json')));
  const packages = lockedPackages(lock);
  return {
    licences: licenceFindings(packages, policy),
    integrity: integrityFindings(lock),
    pins: pinFindings(manifest.parse(JSON.parse(await read('package.json'))), lock, policy),
    installScripts: installScriptFindings(packages, policy),
    settings: settingFindings(await read('.npmrc')),
    installed: await installedFindings(root, packages),
  };
}

export type Check = 'licences' | 'integrity' | 'pins' | 'installScripts' | 'settings' | 'installed';
