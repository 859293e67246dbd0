const swc = {
  jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/**
 * One kind of test: its folder below tests/, and the milliseconds that a single test may take.
 * swc only strips the types: `tsc --noEmit` checks them.
 */
const kind = (name, testTimeout) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', swc] },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
  testTimeout,
});

export default {
  projects: [kind('unit', 10_000), kind('integration', 60_000), kind('e2e', 180_000)],
};
