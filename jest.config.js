const swc = {
  jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/**
 * One kind of test: its folder below tests/.
 * swc only strips the types: `tsc --noEmit` checks them.
 */
const kind = (name) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', swc] },
  modulePathIgnorePatterns: ['<rootDir>/.data/'],
});

export default {
  projects: [kind('unit'), kind('integration'), kind('e2e')],
  // Jest reads this at the top only: inside a project it is ignored. Longer tests say so themselves.
  testTimeout: 30_000,
};
