import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CA_FILE } from './certs.js';

type Values = Readonly<Record<string, string>>;

export interface StepTask {
  readonly entry: 'main' | 'post';
  readonly inputs: Values;
  readonly state: Values;
  /** The proxy settings in the environment. */
  readonly proxies: Values;
  /** As for `fastClock`. */
  readonly deadlines: Readonly<Record<number, number>>;
}

export interface StepReport {
  readonly log: readonly string[];
  readonly outputs: Values;
  readonly state: Values;
}

/** Runs steps one after another in a process that trusts the test CA. */
export class StepProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(): Promise<StepProcess> {
    const child = fork(fileURLToPath(new URL('step-process.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx'],
      env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: CA_FILE },
    });
    await once(child, 'message');
    return new StepProcess(child);
  }

  /** `beforePost` is called before each POST of the step, with its path. */
  async run(task: StepTask, beforePost: (path: string) => unknown): Promise<StepReport> {
    this.#child.send(task);
    for (;;) {
      const [message] = (await once(this.#child, 'message')) as [{ result: StepReport } | { posts: string }];
      if ('result' in message) return message.result;
      await beforePost(message.posts);
      this.#child.send('go on');
    }
  }

  async stop(): Promise<void> {
    this.#child.disconnect();
    await once(this.#child, 'exit');
  }
}
