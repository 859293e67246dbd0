import { parseArgs } from 'node:util';
import type { DigestOf } from '../../application/ports/ambient.ts';
import { parseAccountName } from './accountName.ts';
import { versionOf } from './digest.ts';
import { explain } from './explain.ts';
import { explanationText } from './explainText.ts';
import type { PolicyFile } from './file.ts';
import { fits, type Subject, subjectTyped } from './match.ts';
import { resolveFor } from './policies.ts';
import { describePolicyProblems } from './problems.ts';
import { readPolicy } from './read.ts';
import { simulate, type Voter } from './simulate.ts';
import { trialText } from './simulateText.ts';
import { unknownPerson } from './named.ts';

/** What the command is given of the world. */
export type Terminal = Readonly<{
  readFile: (path: string) => Promise<string>;
  /** The file of the settings, where no other is named. */
  policyFile: string | undefined;
  digestOf: DigestOf;
  say: (text: string) => void;
  complain: (text: string) => void;
}>;

const usage = `npm run policy -- check
npm run policy -- explain <account> [--tag name=value …]
npm run policy -- simulate <account> --votes name,name… [--by name] [--tag name=value …]

<account>   name, group/name, subscription/group/name, or the Azure Resource Manager id
--votes     who votes, by the short names of the file
--by        who asks for the rotation; left out, anybody might
--tag       a tag of the account; with none, its tags are unknown
--file      the policy file; left out, the one that KEYSMITH_POLICY names
--loopback  read it as a Keysmith that has no MicrosoftAppId does: nothing but this machine may be named

Ends with 0; with 1 for a policy with mistakes, or votes that do not open every gate; with 2 for a wrong command.`;

const options = {
  file: { type: 'string' },
  loopback: { type: 'boolean', default: false },
  tag: { type: 'string', multiple: true },
  votes: { type: 'string' },
  by: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** A command that can't be followed, in words for whoever wrote it. */
class WrongCommand extends Error {}

/** Runs `check`, `explain` or `simulate` and gives the exit code. */
export async function policyCommand(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  try {
    return await run(args, terminal);
  } catch (error) {
    if (!(error instanceof WrongCommand)) throw error;
    terminal.complain(`${error.message}\n\n${usage}`);
    return 2;
  }
}

async function run(args: readonly string[], terminal: Terminal): Promise<0 | 1> {
  const { values, positionals } = parsed(args);
  const [verb, account, ...more] = positionals;
  if (values.help) {
    terminal.say(usage);
    return 0;
  }
  if (verb !== 'check' && verb !== 'explain' && verb !== 'simulate')
    throw new WrongCommand(`Write check, explain or simulate${verb === undefined ? '' : `, not ${verb}`}.`);
  const extra = verb === 'check' ? account : more[0];
  if (extra !== undefined) throw new WrongCommand(`There is one word too many: ${extra}.`);
  const subject = verb === 'check' ? undefined : subjectOf(account, values.tag);

  const file = await policyOf(terminal, values.file ?? terminal.policyFile, values.loopback);
  if (file === undefined) return 1;
  if (subject === undefined || account === undefined) return check(file, terminal);
  if (verb === 'explain') {
    terminal.say(explanationText(account, file.fileName, explain(file, subject)));
    return 0;
  }
  return tryVotes(file, subject, values, terminal);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // parseArgs throws for what it can't read, and says what that is
    throw new WrongCommand(error instanceof Error ? error.message : String(error));
  }
}

function subjectOf(account: string | undefined, tags: readonly string[] | undefined): Subject {
  if (account === undefined) throw new WrongCommand('Say which account.');
  const name = parseAccountName(account);
  if (name === undefined) throw new WrongCommand(`${account} is no account.`);
  const pairs = tags?.map((tag): [string, string] => {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(tag) ?? [];
    if (key === undefined || value === undefined)
      throw new WrongCommand(`${tag} is no tag: write name=value.`);
    return [key, value];
  });
  return subjectTyped(name, pairs && Object.fromEntries(pairs));
}

/** Undefined when it has mistakes, which are told. */
async function policyOf(
  { readFile, complain }: Terminal,
  name: string | undefined,
  loopbackOnly: boolean,
): Promise<PolicyFile | undefined> {
  if (name === undefined || name === '')
    throw new WrongCommand('Set KEYSMITH_POLICY, or name a policy file with --file.');
  const text = await readFile(name).catch(() => {
    throw new WrongCommand(`${name} can't be read.`);
  });
  const read = readPolicy(text, name, { loopbackOnly });
  if (read.ok) return read.value;
  complain(describePolicyProblems(read.error));
  return undefined;
}

function check(file: PolicyFile, { digestOf, say, complain }: Terminal): 0 {
  if (file.warnings.length > 0) complain(describePolicyProblems(file.warnings));
  const rules = file.entries.filter(({ kind }) => kind === 'rule').length;
  say(
    `${file.fileName}: no mistakes; ${file.people.size} people, ${rules} rules, ${file.accounts.length} accounts, ` +
      `digest ${versionOf(file, digestOf).digest}`,
  );
  return 0;
}

function tryVotes(
  file: PolicyFile,
  subject: Subject,
  { votes, by }: Readonly<{ votes?: string; by?: string }>,
  { say }: Terminal,
): 0 | 1 {
  if (votes === undefined) throw new WrongCommand('Say who votes: --votes name,name…');
  const voterOf = (alias: string): Voter => {
    const person = file.people.get(alias);
    if (person === undefined) throw new WrongCommand(unknownPerson(alias, file.people));
    return { alias, person };
  };
  const voters = votes
    .split(',')
    .map((alias) => alias.trim())
    .filter((alias) => alias !== '')
    .map(voterOf);
  const asker = by === undefined ? null : voterOf(by).person;
  const trials = simulate(resolveFor(file, subject), voters, asker);
  const open = file.entries.filter(({ match }) => fits(match, subject) === 'perhaps').map(({ at }) => at);
  if (open.length > 0)
    say(`It might fit ${open.join(', ')}, but too little is known of it: the strictest gates count.\n`);
  say(trials.map((trial) => trialText(trial, file.people, asker !== null)).join('\n'));
  return trials.every(({ rule, reached }) => rule === null || reached) ? 0 : 1;
}
