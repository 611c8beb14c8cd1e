/** Follows a build with scripted statuses to its end. */

import { type PollOptions, pollUntilEnd } from '../../src/follow/poll.js';
import type { End } from '../../src/follow/watch.js';
import type { HttpRequest } from '../../src/http/http.js';
import type { BuildStatus } from '../../src/model/snapshot.js';
import { fakeBkci, type Script, wireRunning } from './bkci.js';
import { BUILD, buildStatus } from './builds.js';
import { type FakeStep, fakeStep } from './harness.js';

export const MIN = 60_000;
/** The link to the build. */
export const LINK = 'https://devops.example.com/console/pipeline/demo/p-1/detail/b-1';

export interface Followed {
  readonly end: Promise<End>;
  readonly fake: FakeStep;
  readonly statuses: BuildStatus[];
  readonly requests: readonly string[];
  readonly sent: readonly HttpRequest[];
}

/** @param status the answers to the reads of the status; after an hour the build times out. */
export function follow(
  status: Script['status'],
  more: Partial<PollOptions> & { detail?: Script['detail'] } = {},
): Followed {
  const { detail, ...options } = more;
  const fake = fakeStep();
  const bkci = fakeBkci({ ...(status ? { status } : {}), ...(detail ? { detail } : {}) });
  const statuses: BuildStatus[] = [];
  const baseline = buildStatus({ queueTime: 999_000, startTime: 1_000_000, endTime: 2_000_000 });
  const end = pollUntilEnd(fake.step, {
    client: bkci.client,
    build: BUILD,
    baseline,
    since: 0,
    deadline: 60 * MIN,
    longestPause: 10_000,
    consoleUrl: 'https://devops.example.com',
    recordStatus: (status) => void statuses.push(status),
    ...options,
  });
  return { end, fake, statuses, requests: bkci.requests, sent: bkci.sent };
}

export const SUCCEED = wireRunning({
  status: 'SUCCEED',
  endTime: 4_000_000,
  stageStatus: [{ stageId: 'stage-3', name: 'Test', status: 'SUCCEED', elapsed: 228_000 }],
});
