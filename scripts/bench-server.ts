/** The server of the benchmark, in a process of its own: a failed build that is retried, answered from memory. */
import { createServer } from 'node:http';

const RETRIED = JSON.stringify({ status: 0, message: null, data: { id: 'b-1', executeCount: 2 } });
const FAILED = JSON.stringify({
  status: 0,
  message: null,
  data: { id: 'b-1', status: 'FAILED', buildNum: 42, startTime: 1, endTime: 2, queueTime: 1, stageStatus: [] },
});

const server = createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end(request.method === 'POST' ? RETRIED : FAILED);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.send?.(address.port);
});
process.once('disconnect', () => process.exit());
