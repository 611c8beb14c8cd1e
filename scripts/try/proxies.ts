/**
 * Runs the bundle against the stand-in through real proxies, with and without their user and password, and prints what
 * came out. Needs the Debian packages squid and tinyproxy, and openssl. Both proxies run on loopback, with configurations
 * in a temporary directory, and end with this script.
 *
 *   npm run build && npm run try:proxies
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FaultAction, reset } from '../../__tests__/standin/http/faults.js';
import { startStandin } from '../../__tests__/standin/http/server.js';
import { readAction, withDefaults } from '../../__tests__/standin/runner/action.js';
import { runStep } from '../../__tests__/standin/runner/runner.js';
import { nightlyWorld } from '../../__tests__/standin/scenarios/nightly.js';
import { idsOf } from '../../__tests__/standin/scenarios/scenario.js';
import { scaledClock } from '../../__tests__/standin/world/clock.js';
import { missingPackages, PROXIES, type RunningProxy, USER } from './start-proxy.js';

/** Linux connects it to the machine itself, but unlike 127.0.0.1 it is not reached without the proxy. */
const HOST = '0.0.0.0';

interface Trial {
  readonly what: string;
  readonly scheme: 'http' | 'https';
  readonly credentials: 'right' | 'wrong' | 'none';
  /** What happens to the retry at the server. */
  readonly retry?: FaultAction;
  /** The server does not run. */
  readonly down?: boolean;
  /** The proxy does not allow the port of the server. */
  readonly forbidden?: boolean;
}

const TRIALS: readonly Trial[] = [
  { what: 'retry', scheme: 'http', credentials: 'right' },
  { what: 'retry', scheme: 'https', credentials: 'right' },
  { what: 'retry, answer lost', scheme: 'http', credentials: 'right', retry: reset('first') },
  { what: 'retry, answer lost', scheme: 'https', credentials: 'right', retry: reset('first') },
  { what: 'no user', scheme: 'http', credentials: 'none' },
  { what: 'no user', scheme: 'https', credentials: 'none' },
  { what: 'wrong password', scheme: 'http', credentials: 'wrong' },
  { what: 'wrong password', scheme: 'https', credentials: 'wrong' },
  { what: 'port not allowed', scheme: 'https', credentials: 'right', forbidden: true },
  { what: 'server down', scheme: 'http', credentials: 'right', down: true },
  { what: 'server down', scheme: 'https', credentials: 'right', down: true },
];

type Certificate = ReturnType<typeof makeCertificate>;

function makeCertificate(directory: string) {
  const [keyFile, file] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  const subject = ['-subj', '/CN=stand-in', '-addext', `subjectAltName=IP:${HOST}`];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', keyFile, '-out', file], { stdio: 'ignore' });
  return { file, key: readFileSync(keyFile, 'utf8'), cert: readFileSync(file, 'utf8') };
}

async function attempt(proxy: RunningProxy, certificate: Certificate, trial: Trial): Promise<readonly string[]> {
  const { scheme, retry } = trial;
  const world = nightlyWorld({ clock: scaledClock() });
  const standin = await startStandin({
    world,
    faults: retry ? [{ on: 'retry', count: Infinity, action: retry }] : [],
    ...(scheme === 'https' ? { tls: certificate } : {}),
  });
  const ids = idsOf(world, `${scheme}://${HOST}:${standin.port}`);
  if (trial.down) await standin.suspend();
  try {
    await proxy.allowTunnelTo(trial.forbidden ? 443 : standin.port);
    const action = readAction();
    const { exitCode, outputs, log } = await runStep({
      entry: action.main,
      inputs: withDefaults(action, ids),
      env: { NODE_EXTRA_CA_CERTS: certificate.file, [`${scheme}_proxy`]: proxy.address(trial.credentials) },
    });
    if (log.join('\n').includes(USER.password)) throw new Error('the password of the proxy was printed');
    const retries = world.effects(ids.buildId).retries.length;
    const posts = standin.requestsOf('retry').length;
    const last = (log.findLast((line) => line.startsWith('Error')) ?? '').replaceAll(ids.buildId, 'b-…');
    return [scheme, trial.what, `${exitCode}`, outputs.result ?? '', outputs.reason ?? '', `${posts}/${retries}`, last];
  } finally {
    await standin.close();
  }
}

const missing = missingPackages();
if (missing.length > 0) {
  console.log(`Not installed: ${missing.join(', ')}. On Debian: apt-get install ${missing.join(' ')}`);
  process.exit(1);
}
for (const start of PROXIES) {
  const directory = mkdtempSync(join(tmpdir(), 'proxies-'));
  const certificate = makeCertificate(directory);
  const proxy = await start(directory);
  try {
    console.log(`\n${proxy.version}`);
    console.log('target | trial | exit | result | reason | POSTs arrived/retries | error');
    for (const trial of TRIALS) console.log((await attempt(proxy, certificate, trial)).join(' | '));
  } finally {
    await proxy.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
