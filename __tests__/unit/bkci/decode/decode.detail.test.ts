import { describe, expect, test } from '@jest/globals';
import { decodeDetail } from '../../../../src/bkci/decode/decode.js';
import { BUILD } from '../../../support/builds.js';

describe('decodeDetail', () => {
  test('decodes a full answer', () => {
    const element = {
      id: 'e-1',
      stepId: 'tests',
      name: 'Run tests',
      status: 'FAILED',
      executeCount: 2,
      startEpoch: 5,
      errorType: 'USER',
      errorCode: 2199001,
      errorMsg: 'exit status 1',
      additionalOptions: { continueWhenFailed: true, manualSkip: true },
      atomCode: 'run',
    };
    const child = {
      id: '1001',
      name: 'Linux 1',
      elements: [{ id: 'e-2', errorType: 3, additionalOptions: { continueWhenFailed: true } }],
    };
    const data = {
      pipelineName: 'Nightly',
      executeCount: 2,
      triggerUser: 'x',
      latestVersion: 9,
      recordList: [{ startUser: 'ci-bot' }, { startUser: 'release-bot' }],
      model: {
        name: 'ignored',
        stages: [
          { id: 'stage-1' },
          {
            id: 'stage-3',
            name: 'Test',
            status: 'FAILED',
            finally: true,
            executeCount: 2,
            timeCost: { totalCost: 6 },
            checkIn: {
              reviewGroups: [
                { reviewers: ['past'], status: 'PROCESS' },
                { reviewers: ['ops-lead', 7, 'ops-oncall'] },
                { reviewers: ['later'] },
              ],
            },
            containers: [
              {
                id: '1',
                containerHashId: 'c-1',
                name: 'Linux',
                status: 'FAILED',
                executeCount: 2,
                startVMStatus: 'SUCCEED',
                jobControlOption: { continueWhenFailed: true },
                elements: [element],
                groupContainers: [child],
              },
            ],
          },
        ],
      },
      errorInfoList: [{ taskId: 'e-1', errorType: 0 }],
    };
    expect(decodeDetail(data, BUILD)).toEqual({
      pipelineName: 'Nightly',
      executeCount: 2,
      firstStartedBy: 'release-bot',
      stages: [
        { id: 'stage-1', name: 'stage-1', isFinally: false, reviewers: [], jobs: [] },
        {
          id: 'stage-3',
          name: 'Test',
          status: 'FAILED',
          isFinally: true,
          executeCount: 2,
          durationMs: 6,
          reviewers: ['ops-lead', 'ops-oncall'],
          jobs: [
            {
              id: '1',
              hashId: 'c-1',
              name: 'Linux',
              status: 'FAILED',
              executeCount: 2,
              continuesOnFailure: true,
              machineStatus: 'SUCCEED',
              plugins: [
                {
                  id: 'e-1',
                  stepId: 'tests',
                  name: 'Run tests',
                  status: 'FAILED',
                  continuesOnFailure: false,
                  canBeSkipped: true,
                  executeCount: 2,
                  startEpoch: 5,
                  errorType: 'USER',
                  errorCode: 2199001,
                  errorMessage: 'exit status 1',
                },
              ],
              children: [
                {
                  id: '1001',
                  name: 'Linux 1',
                  continuesOnFailure: false,
                  plugins: [
                    {
                      id: 'e-2',
                      name: 'e-2',
                      continuesOnFailure: true,
                      canBeSkipped: false,
                      errorType: 'PLUGIN',
                    },
                  ],
                  children: [],
                },
              ],
            },
          ],
        },
      ],
      errors: [{ taskId: 'e-1', errorType: 'SYSTEM' }],
    });
  });

  test('a stage that has not run has an empty status, which is known, and an old server may give none', () => {
    const stages = [{ id: 'stage-2', status: '' }, { id: 'stage-3', status: null }, { id: 'stage-4' }];
    expect(decodeDetail({ model: { stages } }, BUILD).stages.map(({ status }) => status)).toEqual([
      '',
      undefined,
      undefined,
    ]);
  });

  test('a post action names its plug-in, and a plug-in that has one may name itself', () => {
    const elements = ['e-2', 'e-1'].map((id) => ({
      id,
      additionalOptions: { elementPostInfo: { parentElementId: 'e-1' } },
    }));
    const model = { stages: [{ id: 'stage-2', containers: [{ id: '1', elements }] }] };
    const plugins = decodeDetail({ model }, BUILD).stages[0]?.jobs[0]?.plugins;
    expect(plugins?.map(({ postActionOf }) => postActionOf)).toEqual(['e-1', undefined]);
  });

  test('an old server has the pipeline name in the model and only triggerUser', () => {
    expect(decodeDetail({ model: { name: 'Nightly', stages: [] }, triggerUser: 'x' }, BUILD)).toEqual({
      pipelineName: 'Nightly',
      firstStartedBy: 'x',
      stages: [],
      errors: [],
    });
  });

  test('the id of a job is a number, a text, or missing', () => {
    const containers = [{ id: 3 }, { containerId: '4' }, {}];
    const [stage] = decodeDetail({ model: { stages: [{ id: 'stage-2', containers }] } }, BUILD).stages;
    expect(stage?.jobs.map(({ id }) => id)).toEqual(['3', '4', '']);
  });

  test('matrix groups in matrix groups are not followed, however deep they are', () => {
    const deep = JSON.parse(`${'{"groupContainers":['.repeat(50_000)}${']}'.repeat(50_000)}`) as unknown;
    const [stage] = decodeDetail({ model: { stages: [{ id: 's', containers: [deep] }] } }, BUILD).stages;
    expect(stage?.jobs).toMatchObject([{ id: '', children: [{ id: '', children: [] }] }]);
  });

  const wrong = [
    { name: 'no data', data: null, problem: 'data is not an object' },
    { name: 'no model', data: {}, problem: 'data.model is not an object' },
    { name: 'no stages', data: { model: {} }, problem: 'data.model.stages is not a list' },
    {
      name: 'a stage that is text',
      data: { model: { stages: ['x'] } },
      problem: 'data.model.stages[0] is not an object',
    },
    {
      name: 'a stage without an id',
      data: { model: { stages: [{ id: 's' }, {}] } },
      problem: 'data.model.stages[1].id is not a string',
    },
    {
      name: 'a job that is null',
      data: { model: { stages: [{ id: 's', containers: [null] }] } },
      problem: 'data.model.stages[0].containers[0] is not an object',
    },
    {
      name: 'a plug-in that is text',
      data: { model: { stages: [{ id: 's', containers: [{ elements: ['x'] }] }] } },
      problem: 'data.model.stages[0].containers[0].elements[0] is not an object',
    },
    {
      name: 'a stage with an id that can’t be sent',
      data: { model: { stages: [{ id: 'stage-\ud800' }] } },
      problem: 'data.model.stages[0].id is not an id',
    },
    {
      name: 'a job with an invisible character in its id',
      data: { model: { stages: [{ id: 's', containers: [{ containerId: '1\u200b' }] }] } },
      problem: 'data.model.stages[0].containers[0].containerId is not an id',
    },
    {
      name: 'a plug-in of a matrix job with an id of two words',
      data: { model: { stages: [{ id: 's', containers: [{ groupContainers: [{ elements: [{ id: 'e 1' }] }] }] }] } },
      problem: 'data.model.stages[0].containers[0].groupContainers[0].elements[0].id is not an id',
    },
    {
      name: 'a count that is text',
      data: { executeCount: '2', model: { stages: [] } },
      problem: 'data.executeCount is not a number',
    },
  ];
  test.each(wrong)('$name: the error names the field, not its value', ({ data, problem }) => {
    expect(() => decodeDetail(data, BUILD)).toThrow(expect.objectContaining({ name: 'DecodeError', message: problem }));
  });
});
