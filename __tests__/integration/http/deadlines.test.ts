import { describe, expect, test } from '@jest/globals';
import type { Client } from '../../../src/bkci/client.js';
import { clientOf } from '../support/client.js';
import { type FastClock, fastClock } from '../support/fast-clock.js';
import { answerText, type Connection, type RawServer, rawServer } from '../support/raw-server.js';

const REF = { projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' };
const ACCEPTED = JSON.stringify({ status: 0, message: null, data: { id: 'b-1' } });

async function withRawServer<T>(
  respond: (connection: Connection) => unknown,
  use: (client: Client, clock: FastClock, server: RawServer) => Promise<T>,
): Promise<T> {
  const server = await rawServer(respond);
  const clock = fastClock({ deadlines: { 75000: 300, 20000: 200 } });
  try {
    return await use(clientOf(server.url, { clock }), clock, server);
  } finally {
    await server.close();
  }
}

const byteByByte = (text: string) => async (connection: Connection) => {
  for (const letter of text) {
    if (!connection.isOpen()) return;
    connection.socket.write(letter);
    await connection.pause(10);
  }
};

describe('a retry ends at its deadline of 75 s, although the server slowly sends', () => {
  test.each([
    ['nothing', () => undefined],
    ['a valid answer byte by byte', byteByByte(answerText(ACCEPTED))],
    [
      'endless headers',
      (connection: Connection) => byteByByte(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(4000)}`)(connection),
    ],
    [
      'endless informational answers',
      (connection: Connection) => byteByByte('HTTP/1.1 102 Processing\r\n\r\n'.repeat(200))(connection),
    ],
    [
      'a body that does not end',
      ({ socket }: Connection) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{"status":0'),
    ],
    [
      'white space after a complete object',
      ({ socket }: Connection) => socket.write(`HTTP/1.1 200 OK\r\n\r\n${ACCEPTED}  `),
    ],
  ])('%s', async (_, respond) => {
    await withRawServer(respond, async (client, clock) => {
      const outcome = await client.retryBuild(REF, {});
      expect(outcome).toMatchObject({ kind: 'answer-lost', reason: 'no answer within 1 min 15 s', answered: false });
      expect(clock.now()).toBe(75_000);
    });
  });
});

test('a stop that is ended before its deadline is reported as a lost answer', async () => {
  await withRawServer(
    () => undefined,
    async (client) => {
      const late = new AbortController();
      const stop = client.stopBuild(REF, { deadlineMs: 20_000, deadlineSignal: late.signal });
      setTimeout(() => late.abort(), 50);
      expect(await stop).toMatchObject({ kind: 'answer-lost', reason: expect.stringMatching(/^no answer within/) });
    },
  );
});

test('a status read ends at its deadline of 20 s with an error that allows a repetition', async () => {
  await withRawServer(byteByByte(answerText(ACCEPTED)), async (client, clock) => {
    await expect(client.buildStatus(REF)).rejects.toMatchObject({
      name: 'TransientError',
      message: 'no answer within 20 s',
    });
    expect(clock.now()).toBe(20_000);
  });
});

describe('the answer is not valid HTTP', () => {
  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['a broken head', 'HTTP/1.1 200 OK\r\nno colon here\r\n\r\n'],
    ['two different lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\n{}'],
    ['a length that is not a number', 'HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}'],
    ['a broken chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'],
    ['headers of 64 KiB', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(65_536)}\r\n\r\n{}`],
    [
      'an upgrade that was not requested',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n{}',
    ],
  ])('%s: the answer to a retry counts as lost, not as accepted', async (_, text) => {
    await withRawServer(
      ({ socket }) => socket.end(text),
      async (client) => {
        await expect(client.retryBuild(REF, {})).resolves.toMatchObject({ kind: 'answer-lost', answered: false });
      },
    );
  });
});

test('an answer that arrives byte by byte before the deadline is read completely', async () => {
  const server = await rawServer(async ({ socket, pause }) => {
    for (const letter of answerText(ACCEPTED)) {
      socket.write(letter);
      await pause(0);
    }
  });
  try {
    const outcome = await clientOf(server.url).retryBuild(REF, {});
    expect(outcome).toMatchObject({ kind: 'accepted', data: { id: 'b-1' } });
  } finally {
    await server.close();
  }
});

test('a character that is split between two chunks is decoded correctly', async () => {
  const body = Buffer.from(JSON.stringify({ status: 2101047, message: '流水线锁定', data: null }));
  const server = await rawServer(async ({ socket, pause }) => {
    socket.write(`HTTP/1.1 400 Bad Request\r\ncontent-length: ${body.length}\r\n\r\n`);
    for (const byte of body) {
      socket.write(Buffer.from([byte]));
      await pause(0);
    }
  });
  try {
    const outcome = await clientOf(server.url).retryBuild(REF, {});
    expect(outcome).toMatchObject({ kind: 'refused', response: { status: 2101047, message: '流水线锁定' } });
  } finally {
    await server.close();
  }
});
