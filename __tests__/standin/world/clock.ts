/** The server's clock. `scale` is how many server milliseconds pass in one real one. */
export interface WorldClock {
  readonly scale: number;
  now(): number;
}

/** Runs `scale` times as fast as real time: a build of four minutes takes four seconds at 60. */
export function scaledClock(scale = 1, start = Date.now()): WorldClock {
  const began = Date.now();
  return { scale, now: () => Math.round(start + (Date.now() - began) * scale) };
}

/** A clock that moves only when `advance` is called. */
export function manualClock(start = Date.UTC(2026, 5, 1, 9, 0, 0)): WorldClock & { advance(ms: number): void } {
  const state = { now: start };
  return {
    scale: 1,
    now: () => state.now,
    advance: (ms) => {
      state.now += ms;
    },
  };
}

export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });
}
