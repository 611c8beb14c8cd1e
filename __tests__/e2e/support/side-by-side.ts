import { beforeAll, test } from '@jest/globals';
import { pooled } from './pool.js';

interface Planned {
  readonly run: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface SideBySide {
  (name: string, run: () => Promise<void>): void;
  each<T>(
    cases: readonly (readonly [string, T])[],
    nameOf: (name: string) => string,
    run: (value: T) => Promise<void>,
  ): void;
}

/**
 * Tests whose time is waiting for a child process: all of a file run together, more at once than `test.concurrent`
 * lets, and each reports its own end.
 */
export function sideBySide(atOnce = 12): SideBySide {
  const planned: Planned[] = [];
  beforeAll(() => {
    void pooled(atOnce, planned, ({ run, resolve, reject }) => run().then(resolve, reject));
  });
  const one = (name: string, run: () => Promise<void>) => {
    const done = new Promise<void>((resolve, reject) => {
      planned.push({ run, resolve, reject });
    });
    // A test that fails before its turn to report is not an unhandled rejection.
    done.catch(() => undefined);
    test(name, () => done);
  };
  const each: SideBySide['each'] = (cases, nameOf, run) => {
    for (const [name, value] of cases) one(nameOf(name), () => run(value));
  };
  return Object.assign(one, { each });
}
