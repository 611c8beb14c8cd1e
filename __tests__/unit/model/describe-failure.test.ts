import { describe, expect, test } from '@jest/globals';
import { kindOf, taskPath, taskReason, taskSentence } from '../../../src/model/describe-failure.js';
import { failedTask } from '../../support/builds.js';

test.each([
  ['SYSTEM', 'system error'],
  ['USER', 'user error'],
  ['THIRD_PARTY', 'third-party error'],
  ['PLUGIN', 'plug-in error'],
  ['BUILD_MACHINE', 'build machine error'],
  ['', ''],
  ['9', '9'],
  ['constructor', 'constructor'],
  ['NEW\u001b[31m', 'NEW'],
])('the error type “%s” is a “%s”', (errorType, kind) => {
  expect(kindOf(errorType)).toBe(kind);
});

describe('a failure in words', () => {
  const ofJob = { taskId: '', taskName: '' } as const;
  const ofStage = { ...ofJob, containerId: '', containerName: '' } as const;
  const windows = { ...ofJob, containerId: '2', containerName: 'Windows' } as const;
  test.each([
    [{}, 'Test › Linux › Run tests', 'Run tests failed in Test › Linux', '“exit status 1”'],
    [{ taskId: '' }, 'Test › Linux › Run tests', 'Run tests failed in Test › Linux', '“exit status 1”'],
    [{ taskName: '\u200b' }, 'Test › Linux › e-1', 'e-1 failed in Test › Linux', '“exit status 1”'],
    [{ ...windows, errorMessage: 'job timeout' }, 'Test › job Windows', 'job Windows failed in Test', '“job timeout”'],
    [
      { ...windows, errorMessage: 'no build machine' },
      'Test › job Windows',
      'job Windows in Test: no build machine',
      '',
    ],
    [
      { ...windows, errorType: 'BUILD_MACHINE', errorMessage: 'offline' },
      'Test › job Windows',
      'job Windows in Test: no build machine',
      '“offline”',
    ],
    [
      { ...windows, errorType: 'SYSTEM', errorCode: 2103002, errorMessage: 'Fail to start up' },
      'Test › job Windows',
      'job Windows in Test: no build machine',
      '“Fail to start up”',
    ],
    [
      { ...windows, errorMessage: 'the quality gate was not passed' },
      'Test › job Windows',
      'job Windows failed in Test',
      '',
    ],
    [{ errorCode: 2126001 }, 'Test › Linux › Run tests', 'Run tests failed in Test › Linux', '“exit status 1”'],
    [{ ...windows, stageName: '', containerName: '' }, 'job 2', 'job 2 failed', '“exit status 1”'],
    [{ ...windows, containerId: '' }, 'Test › job Windows', 'job Windows failed in Test', '“exit status 1”'],
    [{ ...ofStage, errorMessage: '' }, 'stage Test', 'stage Test failed', ''],
    [
      { ...ofStage, stageName: 'Deploy', errorMessage: 'the quality gate was not passed' },
      'stage Deploy',
      'the quality gate of stage Deploy was not passed',
      '',
    ],
    [
      { ...ofStage, stageId: '', stageName: '' },
      'a part of the build',
      'a part of the build failed',
      '“exit status 1”',
    ],
  ])('%j', (overrides, path, sentence, reason) => {
    const task = failedTask(overrides);
    expect([taskPath(task), taskSentence(task, 'failed'), taskReason(task)]).toEqual([path, sentence, reason]);
  });
});
