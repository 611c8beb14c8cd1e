import { nightlyBuild, nightlyPipeline, nightlyWorld, testsFail } from '../../standin/scenarios/nightly.js';
import { scaledClock } from '../../standin/world/clock.js';
import type { World } from '../../standin/world/world.js';

/** A pipeline that refuses every retry. */
export function lockedWorld(): World {
  return nightlyWorld({ builds: [nightlyBuild(nightlyPipeline({ locked: true }))] });
}

/** The retried build ends as said after a second or two of real time. */
export function endingWorld(status: 'SUCCEED' | 'FAILED' | 'CANCELED'): World {
  const pipeline = nightlyPipeline();
  const scripts = [testsFail(pipeline), { forcedEnd: { status, afterSeconds: 30 } }];
  return nightlyWorld({ clock: scaledClock(30), builds: [nightlyBuild(pipeline, { scripts })] });
}
