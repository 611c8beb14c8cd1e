/**
 * The server of the measurements, in a process of its own: a failed build that is retried, answered from memory. With
 * AFTER_RETRY=RUNNING the retried build never ends.
 */
import { createServer } from 'node:http';

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
const server = createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json');
  if (request.method === 'POST') {
    isRetried = process.env.AFTER_RETRY !== undefined;
    response.end(RETRIED);
  } else {
    response.end(JSON.stringify({ status: 0, message: null, data: isRetried ? RUNNING : FAILED }));
  }
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.send?.(address.port);
});
process.once('disconnect', () => process.exit());
