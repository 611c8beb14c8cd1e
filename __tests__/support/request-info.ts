/** A refused retry, and the error that its answer becomes. */

import { explainRefusal } from '../../src/bkci/refusals/refusals.js';
import type { RequestInfo } from '../../src/bkci/refusals/rule.js';
import { parseResponse } from '../../src/bkci/response.js';
import type { HttpResponse } from '../../src/http/http.js';
import type { ActionError } from '../../src/lib/errors.js';

export const REQUEST: RequestInfo = {
  request: 'POST https://devops.example.com/ms/openapi/api/apigw/v3/projects/demo/pipelines/p-1/builds/b-1/retry',
  address: 'https://devops.example.com',
  projectId: 'demo',
  pipelineId: 'p-1',
  buildId: 'b-1',
  caller: 'ci-bot',
  credentials: ['username', 'accessToken'],
  tokenLength: 152,
  operation: 'retry',
  consequence: 'nothing was retried',
};

export function explain(response: HttpResponse, info: Partial<RequestInfo> = {}): ActionError {
  return explainRefusal(parseResponse(response), { ...REQUEST, ...info });
}
