import { argv, env, stdout } from 'node:process';
import { startStandin } from '../http/server.js';
import { DEFAULT_SCENARIO, scenario } from '../scenarios/scenarios.js';
import { newestExecution } from '../world/build.js';
import { scaledClock } from '../world/clock.js';
import type { World } from '../world/world.js';

/** `npm run standin [-- SCENARIO]`, on port `PORT` or the first free one, `SCALE` times as fast as real; Ctrl-C ends it. */
const chosen = scenario(argv[2] ?? DEFAULT_SCENARIO);
const scale = Number(env.SCALE ?? chosen.scale);
const setting = chosen.setUp(scaledClock(scale));
const standin = await startStandin({
  world: setting.world,
  faults: setting.faults ?? [],
  port: Number(env.PORT ?? 0),
});

function curlLines(world: World, url: string): readonly string[] {
  const [build] = world.builds;
  if (!build) return [];
  const { projectId, id } = build.pipeline;
  const base = `${url}/ms/openapi/api/apigw/v3/projects/${projectId}/pipelines/${id}/builds/${build.id}`;
  const read = (path: string) => `  curl -sS -H 'accept: application/json' -H 'X-DEVOPS-UID: ci-bot' "$build${path}"`;
  const write = (path: string) => read(path).replace('-sS', "-sS -X POST -H 'content-type: application/json'");
  return [
    `Build #${build.num} of ${projectId}, execution ${newestExecution(build).count}. Try:`,
    '',
    `  build=${base}`,
    ...[read('/status'), read('/detail')],
    '',
    '  # then one of these, since a running build takes no second retry:',
    ...[write('/retry'), write('/retry?taskId=stage-3&failedContainer=true')],
    '',
    '  # and, while it runs:',
    write('/stop'),
    '',
    `As buildUrl: ${url}/console/pipeline/${projectId}/${id}/detail/${build.id}`,
    '',
    "English messages: -H 'Cookie: blueking_language=en-US'",
  ];
}

stdout.write(`BK-CI stand-in at ${standin.url}, scenario ${chosen.name}: ${chosen.description}\n`);
stdout.write(`Its clock runs ${scale} times as fast as ours (SCALE=60 makes minutes of a build seconds).\n`);
stdout.write(`${curlLines(setting.world, standin.url).join('\n')}\n`);
