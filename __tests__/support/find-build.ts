/** Runs `findBuild` over a scripted BK-CI and the given checks of a commit. */

import type { SearchResult } from '../../src/find/by-checks.js';
import { findBuild } from '../../src/find/find-build.js';
import type { CheckRun } from '../../src/find/github-checks.js';
import type { BuildSelector } from '../../src/inputs/inputs.js';
import { ResendBudget, resending } from '../../src/retry/resend-budget.js';
import { type FakeOptions, fakeBkci, type Script } from './bkci.js';
import { HOST, SHA } from './checks.js';
import { fakeStep } from './harness.js';

export interface Search {
  readonly selector?: Partial<BuildSelector>;
  readonly script?: Script;
  readonly checks?: readonly CheckRun[];
  readonly ref?: string;
  readonly onlyIfFailed?: boolean;
  readonly access?: FakeOptions['access'];
}

export interface Found {
  readonly result: Promise<SearchResult>;
  readonly requests: readonly string[];
}

/** Without `checks`, reading the checks fails the test. */
export function find({
  selector = {},
  script = {},
  checks,
  ref = SHA,
  onlyIfFailed = false,
  access = {},
}: Search): Found {
  const { step } = fakeStep();
  const { client, requests } = fakeBkci(script, { access });
  const readChecks = async () => {
    if (!checks) throw new Error('the checks were read');
    return { ref, checks };
  };
  const result = findBuild({
    selector: { ids: {}, ...selector },
    reader: resending(client, new ResendBudget(step)),
    consoleUrl: HOST,
    onlyIfFailed,
    cancelled: step.cancelled,
    readChecks,
  });
  return { result, requests };
}
