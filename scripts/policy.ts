/** `npm run policy -- check | explain <account> | simulate <account> --votes name,name…` */
import { readFile } from 'node:fs/promises';
import { digestOf } from '../src/adapters/ambient/index.ts';
import { policyCommand } from '../src/adapters/policy/index.ts';
import { describeProblems, loadEnvironment } from '../src/config.ts';

const loaded = loadEnvironment();
if (loaded.ok) {
  process.exitCode = await policyCommand(process.argv.slice(2), {
    readFile: (path) => readFile(path, 'utf8'),
    policyFile: process.env['KEYSMITH_POLICY'],
    digestOf,
    say: console.log,
    complain: console.error,
  });
} else {
  console.error(describeProblems([loaded.error]));
  process.exitCode = 2;
}
