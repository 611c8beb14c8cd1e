import type { Build } from '../world/build.js';

/** A check run: from BK-CI, from GitHub Actions, or forged. */
export interface Check {
  readonly id: number;
  readonly sha: string;
  readonly name: string;
  readonly app: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: string | null;
  readonly detailsUrl: string;
  readonly externalId: string;
  readonly startedAt: string;
}

/** The check run that BK-CI creates for a build of a pull request (bk-ci: CodeWebhookService, ScmCheckService). */
export function checkOf(
  build: Build,
  options: Pick<Check, 'id' | 'sha'> & { console: string } & Partial<Check>,
): Check {
  const { pipeline, id: buildId } = build;
  const { console, ...overrides } = options;
  return {
    name: `${pipeline.name}@pull_request`,
    app: 'bk-ci',
    status: 'completed',
    conclusion: 'failure',
    detailsUrl: `${console}/console/pipeline/${pipeline.projectId}/${pipeline.id}/detail/${buildId}`,
    externalId: `ci-bot_${pipeline.projectId}_${pipeline.id}_${buildId}`,
    startedAt: new Date(Date.UTC(2026, 5, 1, 8, options.id % 60)).toISOString(),
    ...overrides,
  };
}

/** `filter=latest`: the newest check run of each name. */
export function latestChecks(checks: readonly Check[]): readonly Check[] {
  const newest = new Map<string, Check>();
  for (const check of checks) {
    const key = `${check.app} ${check.name}`;
    const known = newest.get(key);
    if (!known || known.startedAt <= check.startedAt) newest.set(key, check);
  }
  return [...newest.values()];
}

export function checkRunView(check: Check) {
  const completed = check.status === 'completed';
  return {
    id: check.id,
    node_id: `CR_${check.id}`,
    name: check.name,
    head_sha: check.sha,
    external_id: check.externalId,
    details_url: check.detailsUrl,
    html_url: `https://github.com/acme/shop/runs/${check.id}`,
    status: check.status,
    conclusion: completed ? check.conclusion : null,
    started_at: check.startedAt,
    completed_at: completed ? check.startedAt : null,
    output: { title: null, summary: null, text: null, annotations_count: 0 },
    app: { id: appId(check), slug: check.app, name: check.app },
    pull_requests: [],
  };
}

/** 15368 is GitHub Actions itself on github.com. */
export function appId(check: Check): number {
  return check.app === 'github-actions' ? 15368 : 4711;
}
