/**
 * The server of the measurements, which runs in its own process: serves a failed build that can be retried, from memory,
 * over http and https. With AFTER_RETRY=RUNNING the retried build never ends. Sends its ports to its parent process as
 * `{ http, https }`.
 */

import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { SERVER } from '../../__tests__/integration/support/certs.js';

const RETRIED = JSON.stringify({ status: 0, message: null, data: { id: 'b-1', executeCount: 2 } });
const FAILED = { id: 'b-1', status: 'FAILED', buildNum: 42, startTime: 1, endTime: 2, queueTime: 1, stageStatus: [] };
const RUNNING = {
  ...FAILED,
  status: process.env.AFTER_RETRY ?? 'FAILED',
  endTime: null,
  queueTime: 3,
  stageStatus: [{ stageId: 'stage-2', name: 'Test', status: 'RUNNING' }],
};

let isRetried = false;
const answer: http.RequestListener = (request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json');
  if (request.method === 'POST') {
    isRetried = process.env.AFTER_RETRY !== undefined;
    response.end(RETRIED);
  } else {
    response.end(JSON.stringify({ status: 0, message: null, data: isRetried ? RUNNING : FAILED }));
  }
};

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

process.once('disconnect', () => process.exit());
process.send?.({
  http: await listen(http.createServer(answer)),
  https: await listen(https.createServer(SERVER, answer)),
});
