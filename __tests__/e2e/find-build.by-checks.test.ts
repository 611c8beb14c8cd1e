import { describe, expect } from '@jest/globals';
import { answer, type FaultAction, redirect } from '../standin/http/faults.js';
import type { ActionRunOptions } from './harness.js';
import { concurrentTests } from './support/concurrent-tests.js';
import { runWithChecks, type SearchRun, type SearchSetup, SHA, TOKEN, twoPipelines } from './support/github.js';

const concurrentTest = concurrentTests();

const PULL = { number: 7, pull_request: { url: 'https://api.github.com/repos/acme/shop/pulls/7' } };
const EVENTS: Readonly<Record<string, NonNullable<ActionRunOptions['event']>>> = {
  pull_request: { name: 'pull_request', payload: { number: 7, pull_request: { number: 7, head: { sha: SHA } } } },
  pull_request_target: { name: 'pull_request_target', payload: { pull_request: { number: 7, head: { sha: SHA } } } },
  issue_comment: { name: 'issue_comment', payload: { issue: PULL, comment: { body: '/retry' } } },
  check_run: { name: 'check_run', payload: { check_run: { head_sha: SHA } } },
  check_suite: { name: 'check_suite', payload: { check_suite: { head_sha: SHA } } },
};
const onPullRequest = (setup: SearchSetup): SearchSetup => ({ event: EVENTS.pull_request, ...setup });

function expectRetried({ step, server }: SearchRun): void {
  const { exitCode, outputs } = step;
  expect({ exitCode, result: outputs.result, buildId: outputs.buildId }).toEqual({
    exitCode: 0,
    result: 'retried',
    buildId: server.ids.buildId,
  });
  expect(server.effects().retries).toHaveLength(1);
}

function expectNothingSent({ step, server }: SearchRun, reason: string): void {
  expect({ exitCode: step.exitCode, reason: step.outputs.reason }).toEqual({ exitCode: 1, reason });
  expect(step.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
  expect(server.standin.requestLines()).toEqual([]);
}

describe('the build is found by the failed check of the commit', () => {
  concurrentTest.each(
    Object.entries(EVENTS),
    (name) => `on ${name}`,
    async (event) => {
      await runWithChecks({ checks: (check) => [check()], event }, (run) => {
        expectRetried(run);
        expect(run.step.log[0]).toMatch(/^Found {5}check “Nightly tests@pull_request” of commit c0ffee4444 failed/);
        expect(JSON.parse(run.step.outputs.candidates ?? '')).toHaveLength(1);
        expect(run.github.requests.every(({ headers }) => headers.authorization === `token ${TOKEN}`)).toBe(true);
      });
    },
  );

  const refs: [string, string][] = [
    ['a branch', 'fix-totals'],
    ['a commit', SHA],
  ];
  concurrentTest.each(
    refs,
    (name) => `of the input ref, which is ${name}, on any event`,
    async (ref) => {
      await runWithChecks({ checks: (check) => [check()], inputs: { ref } }, expectRetried);
    },
  );

  concurrentTest('on the third page of checks', async () => {
    const others = Array.from({ length: 230 }, (_, index) => index);
    await runWithChecks(
      onPullRequest({
        checks: (check) => [
          ...others.map((n) => check({ id: 1000 + n, name: `job ${n}`, app: 'github-actions' })),
          check({ id: 5000 }),
        ],
      }),
      (run) => {
        expectRetried(run);
        expect(run.github.requestsOf('checks')).toHaveLength(3);
      },
    );
  });

  concurrentTest(
    'on the second page of checks, which is asked for by number and not at an address in the answer',
    async () => {
      const others = Array.from({ length: 120 }, (_, index) => index);
      const elsewhere: FaultAction = {
        kind: 'rewrite',
        handled: 'never',
        rewrite: (from) => ({ ...from, headers: { ...from.headers, link: '<http://127.0.0.1:9/x>; rel="next"' } }),
      };
      const setup: SearchSetup = {
        checks: (check) => [
          ...others.map((n) => check({ id: 1000 + n, name: `job ${n}`, app: 'github-actions' })),
          check({ id: 5000 }),
        ],
        faults: [{ on: 'checks', count: 2, action: elsewhere }],
      };
      await runWithChecks(onPullRequest(setup), (run) => {
        expectRetried(run);
        expect(run.github.requestsOf('checks').map(({ query }) => Object.fromEntries(query).page)).toEqual(['1', '2']);
      });
    },
  );

  concurrentTest('of a repository that has moved', async () => {
    const location = `/repos/acme/shop/commits/${SHA}/check-runs?filter=all&per_page=100&page=1`;
    const faults = [{ on: 'checks', action: redirect(location, 301) }] as const;
    await runWithChecks(onPullRequest({ checks: (check) => [check()], faults }), (run) => {
      expectRetried(run);
      expect(run.github.requestsOf('checks')).toHaveLength(2);
    });
  });

  concurrentTest('after a short rate limit, which is waited for', async () => {
    const limit = answer({ status: 403, headers: { 'retry-after': '1' }, body: '{"message":"secondary rate limit"}' });
    const faults = [{ on: 'checks', action: limit }] as const;
    await runWithChecks(onPullRequest({ checks: (check) => [check()], faults }), (run) => {
      expectRetried(run);
      expect(run.step.log[0]).toMatch(/^Resend {4}in 1 s, the read was not answered: GitHub: rate limit, HTTP 403$/);
    });
  });

  concurrentTest('that one app wrote; a notice names it and recommends checkApp', async () => {
    await runWithChecks(onPullRequest({ checks: (check) => [check({ app: 'our-ci' })] }), (run) => {
      expectRetried(run);
      expect(run.step.annotations).toEqual([
        expect.objectContaining({
          level: 'notice',
          message: expect.stringMatching(/“our-ci”.* set checkApp: our-ci,/),
        }),
      ]);
    });
  });

  concurrentTest('of the app in checkApp, whatever other apps wrote', async () => {
    const checks: SearchSetup['checks'] = (check) => [check(), check({ app: 'evil-ci', conclusion: 'success' })];
    await runWithChecks(onPullRequest({ checks, inputs: { checkApp: 'BK-CI' } }), (run) => {
      expectRetried(run);
      expect(run.step.annotations).toEqual([]);
    });
  });

  concurrentTest('whose link has another scheme than the console', async () => {
    const checks: SearchSetup['checks'] = (check) => {
      const own = check();
      return [{ ...own, detailsUrl: own.detailsUrl.replace(/^http:/, 'https:') }];
    };
    await runWithChecks(onPullRequest({ checks }), (run) => {
      expectRetried(run);
      expect(run.step.outputs.buildUrl).toMatch(/^http:\/\/127\.0\.0\.1:/);
    });
  });

  concurrentTest('of CodeCC, with project and pipeline given', async () => {
    const world = twoPipelines();
    const { id = '', projectId = '' } = world.builds[0]?.pipeline ?? {};
    const checks: SearchSetup['checks'] = (check) => [
      check({ detailsUrl: 'https://codecc.example.com/codecc/demo/task/7/detail' }),
    ];
    await runWithChecks(onPullRequest({ world, checks, inputs: { projectId, pipelineId: id } }), expectRetried);
  });

  concurrentTest('on GitHub Enterprise Server', async () => {
    await runWithChecks(onPullRequest({ checks: (check) => [check()], apiPath: '/api/v3' }), (run) => {
      expectRetried(run);
      expect(run.github.requestLines()[0]).toMatch(/^GET \/api\/v3\/repos\/acme\/shop\/commits\//);
    });
  });

  concurrentTest('only if it is the newest check of its pipeline: an older failed check is ignored', async () => {
    const checks: SearchSetup['checks'] = (check) => [
      check({ startedAt: '2026-06-01T08:00:00Z' }),
      check({ startedAt: '2026-06-01T09:00:00Z', conclusion: 'success' }),
    ];
    await runWithChecks(onPullRequest({ checks }), (run) => expectNothingSent(run, 'not-found'));
  });

  concurrentTest('if another failed check belongs to a pipeline other than pipelineId', async () => {
    const world = twoPipelines();
    const pipelineId = world.builds[0]?.pipeline.id ?? '';
    await runWithChecks(
      onPullRequest({ world, checks: (check) => [check({}, 0), check({}, 1)], inputs: { pipelineId } }),
      expectRetried,
    );
  });
});

describe('nothing is retried', () => {
  concurrentTest('when two checks have failed: both are listed in the error and in the output candidates', async () => {
    await runWithChecks(
      onPullRequest({ world: twoPipelines(), checks: (check) => [check({}, 0), check({}, 1)] }),
      (run) => {
        expectNothingSent(run, 'ambiguous');
        const { candidates = '' } = run.step.outputs;
        expect(JSON.parse(candidates)).toMatchObject([
          { name: 'Nightly tests@pull_request', buildUrl: expect.stringContaining('/console/pipeline/demo/p-') },
          { name: 'Release tests@pull_request', buildUrl: expect.stringContaining('/console/pipeline/demo/p-') },
        ]);
      },
    );
  });

  concurrentTest('when two apps wrote checks: the error names both', async () => {
    const checks: SearchSetup['checks'] = (check) => [check(), check({ app: 'evil-ci', conclusion: 'success' })];
    await runWithChecks(onPullRequest({ checks, inputs: { onlyIfFailed: 'true' } }), (run) => {
      expectNothingSent(run, 'ambiguous');
      expect(run.step.log.at(-1)).toMatch(/written by 2 GitHub Apps: “bk-ci” and “evil-ci”/);
    });
  });

  concurrentTest('when a check has passed and another one is running, with onlyIfFailed: the step fails', async () => {
    const checks: SearchSetup['checks'] = (check) => [
      check({ conclusion: 'success' }, 0),
      check({ status: 'in_progress', conclusion: null }, 1),
    ];
    await runWithChecks(onPullRequest({ world: twoPipelines(), checks, inputs: { onlyIfFailed: 'true' } }), (run) => {
      expectNothingSent(run, 'not-found');
      expect(run.step.log.at(-1)).toContain('1 passed, 1 still runs');
    });
  });

  const forged: [string, Parameters<Parameters<SearchSetup['checks']>[0]>[0]][] = [
    ['written by a workflow', { app: 'github-actions' }],
    ['without an app', { app: '' }],
    ['that leads to another console', { detailsUrl: 'https://evil.example/console/pipeline/demo/p-1/detail/b-1' }],
    ['whose id names another build', { externalId: 'ci-bot_demo_p-1_b-1' }],
    ['without an id', { externalId: '' }],
    ['without a link', { detailsUrl: '' }],
    ['whose link is a script', { detailsUrl: 'javascript:alert(1)' }],
  ];
  concurrentTest.each(
    forged,
    (name) => `for a check ${name}`,
    async (overrides) => {
      await runWithChecks(onPullRequest({ checks: (check) => [check(overrides)] }), (run) => {
        expectNothingSent(run, 'not-found');
        expect(run.step.stdout).not.toContain('evil.example');
      });
    },
  );

  concurrentTest('for a check of a project other than projectId', async () => {
    await runWithChecks(onPullRequest({ checks: (check) => [check()], inputs: { projectId: 'other' } }), (run) =>
      expectNothingSent(run, 'not-found'),
    );
  });

  concurrentTest('on a comment that is not on a pull request', async () => {
    const event = { name: 'issue_comment', payload: { issue: { number: 7 }, comment: { body: '/retry' } } };
    await runWithChecks({ checks: (check) => [check()], event }, (run) => expectNothingSent(run, 'input-invalid'));
  });

  concurrentTest('on a push with an empty buildId', async () => {
    const event = { name: 'push', payload: { after: SHA, head_commit: { id: SHA } } };
    await runWithChecks({ checks: (check) => [check()], event, inputs: { buildId: '' } }, (run) => {
      expectNothingSent(run, 'input-invalid');
      expect(run.github.requestLines()).toEqual([]);
    });
  });

  concurrentTest('when all checks have passed, with onlyIfFailed: the step succeeds', async () => {
    const setup = {
      checks: (check: Parameters<SearchSetup['checks']>[0]) => [check({ conclusion: 'success' })],
      inputs: { onlyIfFailed: 'true' },
    };
    await runWithChecks(onPullRequest(setup), ({ step, server }) => {
      expect({ exitCode: step.exitCode, result: step.outputs.result }).toEqual({ exitCode: 0, result: 'not-needed' });
      expect(server.standin.requestLines()).toEqual([]);
    });
  });

  concurrentTest(
    'when there is no check of BK-CI, with onlyIfFailed: the step fails, since no passed check was found',
    async () => {
      await runWithChecks(onPullRequest({ checks: () => [], inputs: { onlyIfFailed: 'true' } }), (run) =>
        expectNothingSent(run, 'not-found'),
      );
    },
  );
});

describe('GitHub refuses', () => {
  concurrentTest('without the permission checks: read, and the error names it', async () => {
    await runWithChecks(onPullRequest({ checks: (check) => [check()], github: { scopes: ['metadata'] } }), (run) => {
      expectNothingSent(run, 'forbidden');
      expect(run.step.log.at(-1)).toContain('checks: read');
    });
  });

  concurrentTest('on a comment without the permission pull-requests: read, and the error names it', async () => {
    const github = { scopes: ['checks', 'metadata'] } as const;
    await runWithChecks({ checks: (check) => [check()], event: EVENTS.issue_comment, github }, (run) => {
      expectNothingSent(run, 'forbidden');
      expect(run.step.log.at(-1)).toContain('pull-requests: read');
    });
  });

  concurrentTest('because of a rate limit: told as one, at once, and not as a permission', async () => {
    const reset = String(Math.floor(Date.now() / 1000) + 2400);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset, date: new Date().toUTCString() };
    const limit = answer({ status: 403, headers, body: '{"message":"API rate limit exceeded"}' });
    const faults = [{ on: 'checks', action: limit }] as const;
    await runWithChecks(onPullRequest({ checks: (check) => [check()], faults }), (run) => {
      expectNothingSent(run, 'not-delivered');
      expect(run.step.log.at(-1)).toMatch(/GitHub: rate limit, HTTP 403; .*asked for a wait of (?:39|40) min/);
      expect(run.step.log.at(-1)).not.toContain('permission');
      expect(run.github.requestsOf('checks')).toHaveLength(1);
    });
  });

  concurrentTest('with a redirect to another server, which never sees the token', async () => {
    const faults = [{ on: 'checks', action: redirect('http://127.0.0.1:9/x', 301) }] as const;
    await runWithChecks(onPullRequest({ checks: (check) => [check()], faults }), (run) => {
      expectNothingSent(run, 'unexpected-answer');
      expect(run.step.log.at(-1)).toContain('to another address, http://127.0.0.1:9;');
    });
  });

  concurrentTest('an unknown token', async () => {
    const inputs = { githubToken: 'ghs_wrong000000000000000000000000000000' };
    await runWithChecks(onPullRequest({ checks: (check) => [check()], inputs }), (run) => {
      expectNothingSent(run, 'unauthorized');
      expect(run.step.masks).toContain(inputs.githubToken);
    });
  });

  concurrentTest('an unknown ref', async () => {
    await runWithChecks({ checks: (check) => [check()], inputs: { ref: 'no-such-branch' } }, (run) =>
      expectNothingSent(run, 'not-found'),
    );
  });
});

describe('dryRun', () => {
  concurrentTest('lists several candidates, sends nothing, and succeeds', async () => {
    const setup = { world: twoPipelines(), inputs: { dryRun: 'true' } };
    await runWithChecks(
      onPullRequest({ ...setup, checks: (check) => [check({}, 0), check({}, 1)] }),
      ({ step, server }) => {
        expect({ exitCode: step.exitCode, result: step.outputs.result }).toEqual({ exitCode: 0, result: 'found' });
        expect(JSON.parse(step.outputs.candidates ?? '')).toHaveLength(2);
        expect(step.log.filter((line) => line.startsWith('Found '))).toHaveLength(2);
        expect(server.standin.requestsOf('retry')).toEqual([]);
      },
    );
  });

  concurrentTest('with one candidate reads the build and sends nothing', async () => {
    await runWithChecks(
      onPullRequest({ checks: (check) => [check()], inputs: { dryRun: 'true' } }),
      ({ step, server }) => {
        expect(step.outputs).toMatchObject({ result: 'found', retried: 'false', buildStatus: 'FAILED' });
        expect(server.standin.requests.map(({ operation }) => operation)).toEqual(['status', 'detail']);
      },
    );
  });
});
