import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The local ports of the server. */
export interface Ports {
  readonly http: number;
  readonly https: number;
}

/** Runs the server of the measurements in its own process during a measurement. */
export async function withBenchServer<T>(
  measure: (ports: Ports) => T | Promise<T>,
  environment: NodeJS.ProcessEnv = {},
): Promise<T> {
  const server = fork(fileURLToPath(new URL('server.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...environment },
  });
  try {
    const [ports] = (await once(server, 'message')) as [Ports];
    return await measure(ports);
  } finally {
    server.disconnect();
  }
}
