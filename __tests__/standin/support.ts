/** A stand-in with a clock of its own, and calls to the API about its first build. */

import { type Standin, startStandin } from './http/server.js';
import { nightlyWorld } from './scenarios/nightly.js';
import { manualClock } from './world/clock.js';
import type { WorldOptions } from './world/world.js';

const open = new Set<Standin>();

export async function closeServers(): Promise<void> {
  await Promise.all([...open].map((standin) => standin.close()));
  open.clear();
}

export const HEADERS = { accept: 'application/json', 'content-type': 'application/json', 'X-DEVOPS-UID': 'ci-bot' };

interface Job {
  readonly elements: readonly { readonly name: string; readonly status: string; readonly executeCount: number }[];
  readonly groupContainers?: readonly Job[];
}

interface Stage {
  readonly containers: readonly Job[];
  readonly checkIn?: { readonly reviewGroups: readonly { readonly reviewers: readonly string[] }[] };
}

/** The fields of status and detail that these tests read. */
interface Body {
  readonly status: number;
  readonly message: string | null;
  readonly data: {
    readonly status: string;
    readonly endTime?: number;
    readonly executeCount: number;
    readonly errorInfoList?: readonly unknown[];
    readonly buildParameters: readonly unknown[];
    readonly variables: Readonly<Record<string, string>>;
    readonly startTime?: number;
    readonly queueTime: number;
    readonly recordList: readonly { readonly startUser: string }[];
    readonly model: { readonly stages: readonly Stage[] };
  };
}

export async function startServer(overrides: Partial<WorldOptions> = {}) {
  const clock = manualClock();
  const standin = await startStandin({ world: nightlyWorld({ clock, ...overrides }) });
  open.add(standin);
  const build = standin.world.builds[0];
  if (!build) throw new Error('no build');
  const base = `${standin.url}/ms/openapi/api/apigw/v3/projects/demo/pipelines/${build.pipeline.id}/builds/${build.id}`;
  const call = async (method: string, path: string, headers: Readonly<Record<string, string>> = HEADERS) => {
    const response = await fetch(base + path, { method, headers });
    return { http: response.status, headers: response.headers, ...((await response.json()) as Body) };
  };
  const after = (seconds: number) => {
    clock.advance(seconds * 1000);
    return call('GET', '/status');
  };
  return { standin, build, clock, base, call, after, effects: () => standin.world.effects(build.id) };
}
