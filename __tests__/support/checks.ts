/** Check runs as BK-CI creates them, and links to its console. */

import type { CheckRun } from '../../src/find/github-checks.js';

export const HOST = 'https://devops.example.com';
export const SHA = 'a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0';

export const linkOf = (projectId: string, pipelineId: string, buildId: string) =>
  `${HOST}/console/pipeline/${projectId}/${pipelineId}/detail/${buildId}`;

/** A failed check of BK-CI for build b-1. */
export function check(overrides: Partial<CheckRun> = {}): CheckRun {
  return {
    id: 1,
    name: 'Nightly@PULL_REQUEST',
    app: 'bk-ci',
    detailsUrl: linkOf('demo', 'p-1', 'b-1'),
    externalId: 'ci-bot_demo_p-1_b-1',
    startedAt: '2026-01-01T00:00:00Z',
    status: 'completed',
    conclusion: 'failure',
    ...overrides,
  };
}

/** The same check for another build. */
export function checkOf(
  projectId: string,
  pipelineId: string,
  buildId: string,
  overrides: Partial<CheckRun> = {},
): CheckRun {
  const externalId = `u_${projectId}_${pipelineId}_${buildId}`;
  return check({ detailsUrl: linkOf(projectId, pipelineId, buildId), externalId, ...overrides });
}
