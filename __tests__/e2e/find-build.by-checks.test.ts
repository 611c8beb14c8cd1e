import { describe, expect } from '@jest/globals';
import type { StepDraft } from './harness.js';
import { type Found, locating, type Place, SHA, TOKEN, twoPipelines } from './support/github.js';
import { sideBySide } from './support/side-by-side.js';

const together = sideBySide();

const PULL = { number: 7, pull_request: { url: 'https://api.github.com/repos/acme/shop/pulls/7' } };
const EVENTS: Readonly<Record<string, NonNullable<StepDraft['event']>>> = {
  pull_request: { name: 'pull_request', payload: { number: 7, pull_request: { number: 7, head: { sha: SHA } } } },
  pull_request_target: { name: 'pull_request_target', payload: { pull_request: { number: 7, head: { sha: SHA } } } },
  issue_comment: { name: 'issue_comment', payload: { issue: PULL, comment: { body: '/retry' } } },
  check_run: { name: 'check_run', payload: { check_run: { head_sha: SHA } } },
  check_suite: { name: 'check_suite', payload: { check_suite: { head_sha: SHA } } },
};
const onPull = (place: Place): Place => ({ event: EVENTS.pull_request, ...place });

function expectRetried({ step, server }: Found): void {
  const { exitCode, outputs } = step;
  expect({ exitCode, result: outputs.result, buildId: outputs.buildId }).toEqual({
    exitCode: 0,
    result: 'retried',
    buildId: server.ids.buildId,
  });
  expect(server.truth().retries).toHaveLength(1);
}

function expectNothingSent({ step, server }: Found, reason: string): void {
  expect({ exitCode: step.exitCode, reason: step.outputs.reason }).toEqual({ exitCode: 1, reason });
  expect(step.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
  expect(server.standin.lines()).toEqual([]);
}

describe('the build is found by the failed check of the commit', () => {
  together.each(
    Object.entries(EVENTS),
    (name) => `on ${name}`,
    async (event) => {
      await locating({ checks: (of) => [of()], event }, (found) => {
        expectRetried(found);
        expect(found.step.log[0]).toMatch(/^Found {5}check “Nightly tests@pull_request” of commit c0ffee4444 failed/);
        expect(JSON.parse(found.step.outputs.candidates ?? '')).toHaveLength(1);
        expect(found.github.requests.every(({ headers }) => headers.authorization === `token ${TOKEN}`)).toBe(true);
      });
    },
  );

  const refs: [string, string][] = [
    ['a branch', 'fix-totals'],
    ['a commit', SHA],
  ];
  together.each(
    refs,
    (name) => `of the input ref, ${name}, on any event`,
    async (ref) => {
      await locating({ checks: (of) => [of()], inputs: { ref } }, expectRetried);
    },
  );

  together('behind two pages of others', async () => {
    const others = Array.from({ length: 230 }, (_, index) => index);
    await locating(
      onPull({
        checks: (of) => [
          ...others.map((n) => of({ id: 1000 + n, name: `job ${n}`, app: 'github-actions' })),
          of({ id: 5000 }),
        ],
      }),
      (found) => {
        expectRetried(found);
        expect(found.github.of('checks')).toHaveLength(3);
      },
    );
  });

  together('on GitHub Enterprise Server', async () => {
    await locating(onPull({ checks: (of) => [of()], apiPath: '/api/v3' }), (found) => {
      expectRetried(found);
      expect(found.github.lines()[0]).toMatch(/^GET \/api\/v3\/repos\/acme\/shop\/commits\//);
    });
  });

  together('and only its newest check of a pipeline counts: an older failure that is green by now', async () => {
    const checks: Place['checks'] = (of) => [
      of({ startedAt: '2026-06-01T08:00:00Z' }),
      of({ startedAt: '2026-06-01T09:00:00Z', conclusion: 'success' }),
    ];
    await locating(onPull({ checks }), (found) => expectNothingSent(found, 'not-found'));
  });

  together('of another pipeline, which the fence keeps out', async () => {
    const world = twoPipelines();
    const pipelineId = world.builds[0]?.pipeline.id ?? '';
    await locating(onPull({ world, checks: (of) => [of({}, 0), of({}, 1)], inputs: { pipelineId } }), expectRetried);
  });
});

describe('nothing is retried', () => {
  together('when two checks are red: both are listed, as a matrix too', async () => {
    await locating(onPull({ world: twoPipelines(), checks: (of) => [of({}, 0), of({}, 1)] }), (found) => {
      expectNothingSent(found, 'ambiguous');
      const { candidates = '' } = found.step.outputs;
      expect(JSON.parse(candidates)).toMatchObject([
        { name: 'Nightly tests@pull_request', buildUrl: expect.stringContaining('/console/pipeline/demo/p-') },
        { name: 'Release tests@pull_request', buildUrl: expect.stringContaining('/console/pipeline/demo/p-') },
      ]);
    });
  });

  const forged: [string, Parameters<Parameters<Place['checks']>[0]>[0]][] = [
    ['written by a workflow', { app: 'github-actions' }],
    ['that leads to another console', { detailsUrl: 'https://evil.example/console/pipeline/demo/p-1/detail/b-1' }],
    ['whose id names another build', { externalId: 'ci-bot_demo_p-1_b-1' }],
    ['without an id', { externalId: '' }],
    ['without a link', { detailsUrl: '' }],
    ['whose link is a script', { detailsUrl: 'javascript:alert(1)' }],
  ];
  together.each(
    forged,
    (name) => `for a check ${name}`,
    async (change) => {
      await locating(onPull({ checks: (of) => [of(change)] }), (found) => {
        expectNothingSent(found, 'not-found');
        expect(found.step.stdout).not.toContain('evil.example');
      });
    },
  );

  together('for a check of another project than the fence', async () => {
    await locating(onPull({ checks: (of) => [of()], inputs: { projectId: 'other' } }), (found) =>
      expectNothingSent(found, 'not-found'),
    );
  });

  together('on a comment that is not on a pull request', async () => {
    const event = { name: 'issue_comment', payload: { issue: { number: 7 }, comment: { body: '/retry' } } };
    await locating({ checks: (of) => [of()], event }, (found) => expectNothingSent(found, 'input-invalid'));
  });

  together('on a push: an empty buildId does not retry something else', async () => {
    const event = { name: 'push', payload: { after: SHA, head_commit: { id: SHA } } };
    await locating({ checks: (of) => [of()], event, inputs: { buildId: '' } }, (found) => {
      expectNothingSent(found, 'input-invalid');
      expect(found.github.lines()).toEqual([]);
    });
  });

  together('when all is green, with onlyIfFailed: green, nothing to do', async () => {
    const place = {
      checks: (of: Parameters<Place['checks']>[0]) => [of({ conclusion: 'success' })],
      inputs: { onlyIfFailed: 'true' },
    };
    await locating(onPull(place), ({ step, server }) => {
      expect({ exitCode: step.exitCode, result: step.outputs.result }).toEqual({ exitCode: 0, result: 'not-needed' });
      expect(server.standin.lines()).toEqual([]);
    });
  });

  together(
    'when there is no check of BK-CI at all, with onlyIfFailed: still red, since nothing was proven',
    async () => {
      await locating(onPull({ checks: () => [], inputs: { onlyIfFailed: 'true' } }), (found) =>
        expectNothingSent(found, 'not-found'),
      );
    },
  );
});

describe('GitHub refuses', () => {
  together('without checks: read: the permission is named', async () => {
    await locating(onPull({ checks: (of) => [of()], github: { scopes: ['metadata'] } }), (found) => {
      expectNothingSent(found, 'forbidden');
      expect(found.step.log.at(-1)).toContain('checks: read');
    });
  });

  together('on a comment without pull-requests: read: both permissions are named', async () => {
    const github = { scopes: ['checks', 'metadata'] } as const;
    await locating({ checks: (of) => [of()], event: EVENTS.issue_comment, github }, (found) => {
      expectNothingSent(found, 'forbidden');
      expect(found.step.log.at(-1)).toContain('pull-requests: read');
    });
  });

  together('with a token it does not know', async () => {
    const inputs = { githubToken: 'ghs_wrong000000000000000000000000000000' };
    await locating(onPull({ checks: (of) => [of()], inputs }), (found) => {
      expectNothingSent(found, 'unauthorized');
      expect(found.step.masks).toContain(inputs.githubToken);
    });
  });

  together('a ref that it does not know', async () => {
    await locating({ checks: (of) => [of()], inputs: { ref: 'no-such-branch' } }, (found) =>
      expectNothingSent(found, 'not-found'),
    );
  });
});

describe('dryRun', () => {
  together('lists several candidates, sends nothing, and is green', async () => {
    const place = { world: twoPipelines(), inputs: { dryRun: 'true' } };
    await locating(onPull({ ...place, checks: (of) => [of({}, 0), of({}, 1)] }), ({ step, server }) => {
      expect({ exitCode: step.exitCode, result: step.outputs.result }).toEqual({ exitCode: 0, result: 'found' });
      expect(JSON.parse(step.outputs.candidates ?? '')).toHaveLength(2);
      expect(step.log.filter((line) => line.startsWith('Found '))).toHaveLength(2);
      expect(server.standin.of('retry')).toEqual([]);
    });
  });

  together('of one candidate looks at it and says what it would do', async () => {
    await locating(onPull({ checks: (of) => [of()], inputs: { dryRun: 'true' } }), ({ step, server }) => {
      expect(step.outputs).toMatchObject({ result: 'found', retried: 'false', buildStatus: 'FAILED' });
      expect(server.standin.requests.map(({ operation }) => operation)).toEqual(['status']);
    });
  });
});
