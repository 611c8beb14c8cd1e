/** A retry that was refused, as far as its sentence needs it. */

import { explainRefusal } from '../../src/bkci/refusals/refusals.js';
import type { Asked } from '../../src/bkci/refusals/rule.js';
import { readAnswer } from '../../src/bkci/response.js';
import type { HttpAnswer } from '../../src/http/http.js';
import type { ActionError } from '../../src/lib/errors.js';

export const ASKED: Asked = {
  request: 'POST https://devops.example.com/ms/openapi/api/apigw/v3/projects/demo/pipelines/p-1/builds/b-1/retry',
  address: 'https://devops.example.com',
  projectId: 'demo',
  pipelineId: 'p-1',
  buildId: 'b-1',
  who: 'ci-bot',
  credentials: ['username', 'accessToken'],
  tokenLength: 152,
  permission: 'EXECUTE',
  consequence: 'nothing was retried',
};

/** The error that an answer becomes. */
export function explain(said: HttpAnswer, asked: Partial<Asked> = {}): ActionError {
  return explainRefusal(readAnswer(said), { ...ASKED, ...asked });
}
