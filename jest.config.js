const swc = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
  module: { type: 'es6' },
};

export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  testTimeout: 30_000,
  // Most tests wait for processes and sockets, so a core kept free is a core unused.
  maxWorkers: '100%',
  // The v8 provider reports lines behind `cond ? a : await b()` as not run.
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts', '!src/index.ts', '!src/post.ts'],
};
