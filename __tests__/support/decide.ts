/** What is planned for a part of a build that failed. */

import type { RetryParameters } from '../../src/bkci/client.js';
import type { Detail } from '../../src/model/detail.js';
import { type Decision, decide } from '../../src/plan/decide.js';
import { detail, job, look, plugin, stage } from './builds.js';

/** With a job's hash and a plug-in's step id. */
export const stepped = detail({
  stages: [stage({ jobs: [job({ hashId: 'c-1', plugins: [plugin({ stepId: 'tests' })] })] })],
});

export function plan(
  retry: RetryParameters,
  model: Detail = detail(),
  { again = false, green = false }: { again?: boolean; green?: boolean } = {},
): Decision {
  const seen = green ? look({ status: 'SUCCEED', stages: [] }) : look();
  return decide({ retry, onlyIfFailed: false, again }, seen, model, 'b-1');
}
