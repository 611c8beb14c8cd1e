/**
 * Changes the sources in small ways, one at a time, and counts the changes that no unit test notices. A package of its
 * own, because it needs more packages than everything else together:
 *
 *     npm ci && cd scripts/mutation && npm install && npm start
 *     npm start -- retry model
 *
 * Only the tests nearest to them are run, so a score is a lower bound.
 */

import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';

/** Sources that decide, by name; and the unit tests that are run for them. */
const AREAS = {
  bkci: {
    tests: ['bkci/{response,classify}*.test.ts', 'bkci/refusals/*.test.ts'],
    mutate: ['src/bkci/{response,classify}.ts', 'src/bkci/refusals/**/*.ts'],
  },
  retry: { tests: ['retry/*.test.ts'], mutate: ['src/retry/**/*.ts'] },
  follow: {
    tests: ['follow/{watch,poll}*.test.ts', 'lib/sanitize*.test.ts'],
    mutate: ['src/follow/watch.ts', 'src/lib/sanitize.ts'],
  },
  model: { tests: ['model/*.test.ts', 'plan/*.test.ts', 'follow/*.test.ts'], mutate: ['src/model/**/*.ts'] },
  plan: { tests: ['plan/*.test.ts'], mutate: ['src/plan/**/*.ts'] },
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(AREAS, name));
if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: not one of ${Object.keys(AREAS).join(', ')}`);

const jestRunner = import.meta.resolve('@stryker-mutator/jest-runner');
process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const scores = [];
for (const [name, { tests, mutate }] of Object.entries(AREAS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const results = await new Stryker({
    testRunner: 'jest',
    plugins: [jestRunner],
    testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    jest: {
      configFile: 'jest.config.js',
      config: { testMatch: tests.map((glob) => `<rootDir>/__tests__/unit/${glob}`) },
      enableFindRelatedTests: false,
    },
    coverageAnalysis: 'perTest',
    // A mutant of a table is loaded with its module; each would need every test once more.
    ignoreStatic: true,
    // With bail, jest never ends its second run in a process when it runs ES modules.
    disableBail: true,
    // Jest keeps the ES modules of every run, so a process that runs on and on becomes slow.
    maxTestRunnerReuse: 60,
    concurrency: 2,
    mutate,
    // TypeScript 7 has no API by which the file could be read; swc does not need it.
    tsconfigFile: 'none',
    ignorePatterns: ['dist', 'docs', 'scripts'],
    reporters: ['clear-text', 'progress-append-only'],
    clearTextReporter: { logTests: false, reportTests: false },
    allowConsoleColors: false,
  }).runMutationTest();
  scores.push({ name, ...count(results) });
}
console.table(scores);

function count(results) {
  const numberOf = (...statuses) => results.filter(({ status }) => statuses.includes(status)).length;
  const [noticed, unnoticed] = [numberOf('Killed', 'Timeout'), numberOf('Survived', 'NoCoverage')];
  return { noticed, unnoticed, score: `${((100 * noticed) / (noticed + unnoticed)).toFixed(1)} %` };
}
