/**
 * Runs main and post steps from source in a process of its own, which is started with NODE_EXTRA_CA_CERTS: Node reads
 * that at its start only. Sends `ready`, then one answer for each task, and asks before each POST.
 */

import { once } from 'node:events';
import { createRunner } from '../../../src/github/runner.js';
import { createHttp, type Http } from '../../../src/http/http.js';
import { runPost } from '../../../src/run/post.js';
import { run } from '../../../src/run/run.js';
import { parseLog } from '../../standin/runner/log.js';
import { runnerVariables } from '../../standin/runner/variables.js';
import { recordActions } from '../../support/actions.js';
import { fastClock } from './fast-clock.js';
import { withProxySettings } from './proxy.js';
import type { StepTask } from './steps.js';

async function execute({ entry, inputs, state, proxies, deadlines }: StepTask) {
  const clock = fastClock({ deadlines });
  const http = asking(createHttp('retry-bk-ci-build/0.0.0', clock));
  const variables = runnerVariables({ inputs, state });
  const recorder = recordActions(variables);
  const step = { runner: createRunner(recorder.core, variables), clock, cancelled: new AbortController().signal };
  await withProxySettings(proxies, async () => {
    if (entry === 'main') await run(step, http);
    else await runPost(step, http);
  });
  const { stdout, outputs, state: saved } = recorder.recorded;
  return { log: parseLog(stdout).log, outputs, state: saved };
}

/** Waits for the parent process before each POST. */
function asking(http: Http): Http {
  return {
    send: async (request) => {
      if (request.method === 'POST') {
        process.send?.({ posts: request.url.pathname });
        await once(process, 'message');
      }
      return http.send(request);
    },
  };
}

process.send?.('ready');
for (;;) {
  const [task] = (await once(process, 'message')) as [StepTask];
  process.send?.({ result: await execute(task) });
}
