import { beforeAll, test } from '@jest/globals';
import { mapConcurrently } from './pool.js';

interface QueuedTest {
  readonly run: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface ConcurrentTest {
  (name: string, run: () => Promise<void>): void;
  each<T>(
    cases: readonly (readonly [string, T])[],
    nameOf: (name: string) => string,
    run: (value: T) => Promise<void>,
  ): void;
}

/**
 * For tests that mostly wait for a child process: all tests of a file run concurrently, more at once than
 * `test.concurrent` allows, and each is reported separately.
 */
export function concurrentTests(concurrency = 12): ConcurrentTest {
  const queued: QueuedTest[] = [];
  beforeAll(() => {
    void mapConcurrently(concurrency, queued, ({ run, resolve, reject }) => run().then(resolve, reject));
  });
  const concurrentTest = (name: string, run: () => Promise<void>) => {
    const done = new Promise<void>((resolve, reject) => {
      queued.push({ run, resolve, reject });
    });
    // Prevents an unhandled rejection if a test fails before Jest waits for it.
    done.catch(() => undefined);
    test(name, () => done);
  };
  const each: ConcurrentTest['each'] = (cases, nameOf, run) => {
    for (const [name, value] of cases) concurrentTest(nameOf(name), () => run(value));
  };
  return Object.assign(concurrentTest, { each });
}
