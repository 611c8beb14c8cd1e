import { nightlyBuild, nightlyPipeline, nightlyWorld, testsFail } from '../../standin/scenarios/nightly.js';
import { scaledClock } from '../../standin/world/clock.js';
import type { World } from '../../standin/world/world.js';

/** A world whose pipeline is locked, so that every retry is refused. */
export function lockedWorld(): World {
  return nightlyWorld({ builds: [nightlyBuild(nightlyPipeline({ locked: true }))] });
}

/** A world whose retried build ends with this status after one or two real seconds. */
export function endingWorld(status: 'SUCCEED' | 'FAILED' | 'CANCELED'): World {
  const pipeline = nightlyPipeline();
  const scripts = [testsFail(pipeline), { forcedEnd: { status, afterSeconds: 30 } }];
  return nightlyWorld({ clock: scaledClock(30), builds: [nightlyBuild(pipeline, { scripts })] });
}
