/** Starts Squid and tinyproxy on loopback, with configurations in a temporary directory. */

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const USER = { name: 'ci', password: 's3cr3t-of-the-proxy' } as const;

export interface RunningProxy {
  readonly version: string;
  /** For the environment, with the user's name and the right, a wrong or no password. */
  address(credentials: 'right' | 'wrong' | 'none'): string;
  /** Restarts the proxy, which then allows CONNECT to this port only. */
  allowTunnelTo(port: number): Promise<void>;
  stop(): Promise<void>;
}

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Writes the configuration. */
  configure(ports: { readonly own: number; readonly tunnel: number }): void;
}

const PATH = ['/usr/sbin', '/usr/bin', process.env.PATH ?? ''].join(delimiter);

export function missingPackages(): readonly string[] {
  return ['squid', 'tinyproxy'].filter(
    (name) => !PATH.split(delimiter).some((folder) => existsSync(join(folder, name))),
  );
}

export const PROXIES = [startSquid, startTinyproxy] as const;

/** Squid runs as the user `proxy` when it is started by root, so that user must be able to read the directory. */
async function startSquid(directory: string): Promise<RunningProxy> {
  chmodSync(directory, 0o755);
  const hash = execFileSync('openssl', ['passwd', '-apr1', USER.password], { encoding: 'utf8' }).trim();
  const users = join(directory, 'users');
  writeFileSync(users, `${USER.name}:${hash}\n`);
  const config = join(directory, 'squid.conf');
  const configure: Program['configure'] = ({ own, tunnel }) => {
    const lines = [
      `http_port 127.0.0.1:${own}`,
      `auth_param basic program /usr/lib/squid/basic_ncsa_auth ${users}`,
      'acl known proxy_auth REQUIRED',
      `acl SSL_ports port ${tunnel}`,
      'acl CONNECT method CONNECT',
      // The order of Squid's shipped rules.
      'http_access deny CONNECT !SSL_ports',
      'http_access allow known',
      'http_access deny all',
      'cache deny all',
      'access_log none',
      'cache_log /dev/null',
      'pid_filename none',
      'pinger_enable off',
      'shutdown_lifetime 0 seconds',
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
  };
  const version = /Version \S+/.exec(spawnSync('squid', ['-v'], { encoding: 'utf8', env: { PATH } }).stdout)?.[0];
  return run(`Squid ${version ?? ''}`, { command: 'squid', args: ['-N', '-f', config], configure });
}

async function startTinyproxy(directory: string): Promise<RunningProxy> {
  const config = join(directory, 'tinyproxy.conf');
  const configure: Program['configure'] = ({ own, tunnel }) => {
    const lines = [
      `Port ${own}`,
      'Listen 127.0.0.1',
      'Timeout 30',
      'MaxClients 20',
      'LogLevel Critical',
      `BasicAuth ${USER.name} ${USER.password}`,
      `ConnectPort ${tunnel}`,
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
  };
  const version = spawnSync('tinyproxy', ['-v'], { encoding: 'utf8', env: { PATH } }).stdout.trim();
  return run(version, { command: 'tinyproxy', args: ['-d', '-c', config], configure });
}

async function run(version: string, { command, args, configure }: Program): Promise<RunningProxy> {
  const own = await freePort();
  let stop = async () => {};
  const start = async (tunnel: number) => {
    await stop();
    configure({ own, tunnel });
    const child = spawn(command, args, { env: { PATH }, stdio: 'ignore' });
    const exited = once(child, 'exit');
    stop = async () => {
      child.kill('SIGTERM');
      const forced = setTimeout(() => child.kill('SIGKILL'), 3000);
      await exited;
      clearTimeout(forced);
    };
    await untilListening(own);
  };
  await start(443);
  const userInfo = { right: `${USER.name}:${USER.password}@`, wrong: `${USER.name}:wrong@`, none: '' };
  return {
    version,
    address: (credentials) => `http://${userInfo[credentials]}127.0.0.1:${own}`,
    allowTunnelTo: start,
    stop: () => stop(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await sleep(100);
  }
  throw new Error(`no proxy listens on port ${port}`);
}
