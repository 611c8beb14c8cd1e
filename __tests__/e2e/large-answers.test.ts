import { describe, expect } from '@jest/globals';
import { answer } from '../standin/http/faults.js';
import { nightlyWorld } from '../standin/scenarios/nightly.js';
import { scaledClock } from '../standin/world/clock.js';
import { LARGE_ANSWERS } from '../support/large-answers.js';
import { concurrentTests } from './support/concurrent-tests.js';
import { type Moment, runInterrupted } from './support/interrupted.js';

/** Few at once: each takes a core for a while. */
const concurrentTest = concurrentTests(2);

const MIB = 1024 * 1024;
/** The step has 7.5 s before the runner sends SIGTERM; this is what it promises. */
const EXIT_WITHIN_MS = 6_000;

/** The first large status is being handled. */
const afterThirdStatus: Moment = ({ standin }) => standin.waitForRequest('status', 3);

const SLOW = /<title|ProjectId|path\(|many errors|many stages/;
const cases = LARGE_ANSWERS.filter(({ name }) => SLOW.test(name)).flatMap(({ name, http, body }) =>
  [0.7, 9].map(
    (size) => [`${size} MiB: ${name}`, { http, body: body(size * MIB) }] as [string, { http: number; body: string }],
  ),
);

describe('a step that is cancelled while it handles a large status ends within 6 s', () => {
  concurrentTest.each(
    cases,
    (name) => name,
    async ({ http, body }) => {
      const faults = [{ on: 'status', nth: 3, count: Infinity, action: answer({ status: http, body }) }] as const;
      const world = nightlyWorld({ clock: scaledClock(1) });
      const { main, tookMs, retries } = await runInterrupted({ world, faults, signal: 'SIGINT', at: afterThirdStatus });
      expect({ exitCode: main.exitCode, signal: main.signal, retries }).toEqual({
        exitCode: 1,
        signal: null,
        retries: 1,
      });
      expect(tookMs).toBeLessThan(EXIT_WITHIN_MS);
    },
  );
});
