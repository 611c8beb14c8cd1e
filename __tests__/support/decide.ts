/** Calls `decide` for a part of a build that failed. */

import type { RetryParameters } from '../../src/bkci/endpoints.js';
import type { BuildDetail } from '../../src/model/detail.js';
import { type Decision, decide } from '../../src/plan/decide.js';
import { buildDetail, buildStatus, job, plugin, running, stage } from './builds.js';

/** A detail with the hash of a job and the step id of a plug-in. */
export const detailWithIds = buildDetail({
  stages: [stage({ jobs: [job({ hashId: 'c-1', plugins: [plugin({ stepId: 'tests' })] })] })],
});

export function plan(
  retry: RetryParameters,
  detail: BuildDetail = buildDetail(),
  { again = false, green = false, runs = false }: { again?: boolean; green?: boolean; runs?: boolean } = {},
): Decision {
  const status = green ? buildStatus({ status: 'SUCCEED', stages: [] }) : runs ? running() : buildStatus();
  return decide({ retry, onlyIfFailed: false, isFurtherAttempt: again }, status, detail, 'b-1');
}
