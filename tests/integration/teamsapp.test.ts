import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import jszip from 'jszip';
import { parse } from 'yaml';
import { buildPackage } from '../../scripts/teamsapp/buildPackage.ts';
import { newestSchema } from '../../scripts/teamsapp/validateManifest.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'teamsapp');

const variables = {
  TEAMS_APP_ID: '11111111-1111-4111-8111-111111111111',
  BOT_ID: '22222222-2222-4222-8222-222222222222',
  APP_PUBLISHER: 'Contoso "Keys" Ltd.',
  APP_WEBSITE_URL: 'https://contoso.example',
  APP_PRIVACY_URL: 'https://contoso.example/privacy',
  APP_TERMS_URL: 'https://contoso.example/terms',
};

type Manifest = {
  manifestVersion: string;
  id: string;
  developer: { name: string };
  bots: {
    botId: string;
    scopes: string[];
    commandLists: { scopes: string[]; commands: { title: string; description: string }[] }[];
  }[];
};

async function packed(): Promise<{ files: string[]; manifest: Manifest }> {
  const made = await buildPackage(folder, variables);
  if (!made.ok) throw new Error(made.error.join('; '));
  const zip = await jszip.loadAsync(made.value);
  const text = await zip.file('manifest.json')?.async('string');
  return { files: Object.keys(zip.files).sort(), manifest: JSON.parse(text ?? '') as Manifest };
}

test('the package holds the manifest and both icons, and nothing else', async () => {
  expect((await packed()).files).toEqual(['color.png', 'manifest.json', 'outline.png']);
});

test('the manifest is valid by the newest schema there is', async () => {
  // buildPackage refuses whatever the schema refuses
  expect((await packed()).manifest.manifestVersion).toBe(newestSchema().version);
});

test('the variables are filled in, whatever characters they hold', async () => {
  const { manifest } = await packed();
  expect(manifest.id).toBe(variables.TEAMS_APP_ID);
  expect(manifest.developer.name).toBe(variables.APP_PUBLISHER);
  expect(manifest.bots.map((bot) => bot.botId)).toEqual([variables.BOT_ID]);
  expect(JSON.stringify(manifest)).not.toContain('${{');
});

test('the bot offers its commands in teams, group chats and personal chats', async () => {
  const [bot] = (await packed()).manifest.bots;
  const [list, ...others] = bot?.commandLists ?? [];
  expect(others).toEqual([]);
  expect([bot?.scopes, list?.scopes]).toEqual(Array(2).fill(['team', 'groupChat', 'personal']));
  expect(list?.commands.map(({ title }) => title)).toEqual(['rotate', 'status', 'cancel', 'help']);
  for (const { description } of list?.commands ?? []) expect(description).not.toBe('');
});

test('a package without its variables is refused, with every one of them named', async () => {
  const made = await buildPackage(folder, { ...variables, BOT_ID: undefined, APP_TERMS_URL: ' ' });
  expect(made).toEqual({ ok: false, error: ['APP_TERMS_URL is not set', 'BOT_ID is not set'] });
});

test('a variable that the schema refuses is refused, with its place', async () => {
  const made = await buildPackage(folder, { ...variables, BOT_ID: 'my bot', APP_PUBLISHER: 'x'.repeat(33) });
  expect(made).toMatchObject({
    ok: false,
    error: [
      expect.stringContaining('/developer/name'),
      expect.stringContaining('/bots/0/botId'),
      expect.stringContaining('/webApplicationInfo/id'),
    ],
  });
});

test('the same input makes the same file', async () => {
  expect(await buildPackage(folder, variables)).toEqual(await buildPackage(folder, variables));
});

test.each([
  ['color', 192],
  ['outline', 32],
])('the %s icon is a PNG of %i pixels', async (name, size) => {
  const png = await readFile(join(folder, `${name}.png`));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
});

test('the script makes no package for an environment that does not exist, and says so', async () => {
  const script = join(root, 'scripts/teamsapp-package.ts');
  const cwd = await mkdtemp(join(tmpdir(), 'teamsapp-'));
  try {
    const ran = promisify(execFile)(process.execPath, [script, 'nowhere'], { cwd });
    await expect(ran).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('env/.env.nowhere') });
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
});

test('the lifecycle file speaks of the same manifest, and fills in the ids that it needs', async () => {
  const text = await readFile(join(root, 'teamsapp.yml'), 'utf8');
  const lifecycle = parse(text) as Record<string, { uses: string; with: Record<string, unknown> }[]>;
  const steps = [lifecycle['provision'], lifecycle['deploy'], lifecycle['publish']].flatMap(
    (all) => all ?? [],
  );
  const manifests = steps.map((step) => step.with['manifestPath']).filter((path) => path !== undefined);
  expect(new Set(manifests)).toEqual(new Set(['./teamsapp/manifest.json']));
  expect(text).toContain('teamsAppId: TEAMS_APP_ID');
  expect(text).toContain('clientId: BOT_ID');
});
