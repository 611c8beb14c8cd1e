import { expect, test } from '@jest/globals';
import { scenario } from '../../standin/scenarios/scenarios.js';
import { withHarness } from '../harness.js';
import { fastClock } from '../support/fast-clock.js';

/** The scenario that takes a minute in real time, on a fast clock; the others are in e2e/scenarios.test.ts. */
test('answer-lost: the log says what is known and how to find out the rest', async () => {
  const { faults = [] } = scenario('answer-lost').setUp(fastClock().world);
  await withHarness({ faults }, async (harness) => {
    const step = await harness.run();
    const { projectId, pipelineId, buildId } = harness.ids;
    const link = `${harness.standin.url}/console/pipeline/${projectId}/${pipelineId}/detail/${buildId}`;
    expect(step.log).toEqual([
      'Build     #42 in project demo: FAILED in stage Test, execution 1, started by ci-bot, ended 2 h ago',
      `          ${link}`,
      'Retry     the whole build, from its first stage',
      expect.stringMatching(
        /^Lost {6}the answer, connection reset.*; BK-CI may have acted, so the retry is not sent again$/,
      ),
      '    0:02  unchanged  FAILED, execution 1',
      '    0:05  unchanged  FAILED, execution 1',
      '    0:10  unchanged  FAILED, execution 1',
      '    0:20  unchanged  FAILED, execution 1',
      '    0:35  unchanged  FAILED, execution 1',
      '    1:00  unchanged  FAILED, execution 1',
      expect.stringMatching(
        /^Error: It is not known whether build #42 was retried: the answer was lost \(connection reset.*\) and the build has not changed in .* The request may still arrive, and sending it again could run the build twice\. In a few minutes, open the build: if it still shows execution 1, it was not retried; if it shows execution 2, it was\. If it was not, run this step again\. .* \[answer-lost\]$/,
      ),
    ]);
    expect(step.log.at(-1)).toContain(link);
  });
});
