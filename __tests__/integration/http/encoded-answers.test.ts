import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { RequestOutcome } from '../../../src/bkci/classify.js';
import { TransientError } from '../../../src/bkci/transient-error.js';
import { createHttp } from '../../../src/http/http.js';
import { clientOf } from '../support/client.js';
import { fastClock } from '../support/fast-clock.js';
import { rawServer } from '../support/raw-server.js';

const REF = { projectId: 'demo', pipelineId: 'p-1', buildId: 'b-1' };
const ACCEPTED = JSON.stringify({ status: 0, data: { id: 'b-1', executeCount: 2, num: 42, words: '重试' } });

interface Coding {
  readonly coding: string;
  readonly encode: (text: string | Buffer) => Buffer;
}
const CODINGS: readonly Coding[] = [
  { coding: 'gzip', encode: gzipSync },
  { coding: 'X-GZip', encode: gzipSync },
  { coding: 'deflate', encode: deflateSync },
  { coding: 'deflate', encode: deflateRawSync },
  { coding: 'br', encode: brotliCompressSync },
  { coding: 'identity, gzip', encode: gzipSync },
  { coding: 'gzip, br', encode: (text) => brotliCompressSync(gzipSync(text)) },
];

/** Answers every request with these bytes, of which `length` are announced; without, the connection ends them. */
async function answering<T>(
  { bytes, coding, length, status = '200 OK' }: { bytes: Buffer; coding: string; length?: number; status?: string },
  use: (url: string) => Promise<T>,
): Promise<T> {
  const end = length === undefined ? 'connection: close' : `content-length: ${length}`;
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-encoding: ${coding}\r\n${end}\r\n\r\n`;
  const server = await rawServer(({ socket }) => socket.end(Buffer.concat([Buffer.from(head), bytes])));
  try {
    return await use(server.url);
  } finally {
    await server.close();
  }
}

const retried = (answer: Parameters<typeof answering>[0]): Promise<RequestOutcome> =>
  answering(answer, (url) => clientOf(url).retryBuild(REF, {}));

describe.each(CODINGS)('an answer with Content-Encoding: $coding', ({ coding, encode }) => {
  const bytes = encode(ACCEPTED);

  test('is read, although none was asked for', async () => {
    for (const length of [bytes.length, undefined]) {
      expect(await retried({ bytes, coding, ...(length === undefined ? {} : { length }) })).toMatchObject({
        kind: 'accepted',
        data: { executeCount: 2, words: '重试' },
      });
    }
  });

  test('that is cut at any byte is lost, even if only the end of the connection marks its end', async () => {
    for (let cut = 0; cut < bytes.length; cut += 1) {
      const outcome = await retried({ bytes: bytes.subarray(0, cut), coding });
      expect(outcome).toMatchObject({ kind: 'answer-lost', answered: false });
    }
  });

  test('that does not decode is lost, and a failed read', async () => {
    const broken = Buffer.from(ACCEPTED);
    expect(await retried({ bytes: broken, coding, length: broken.length })).toMatchObject({
      kind: 'answer-lost',
      answered: false,
      reason: expect.stringMatching(/^the answer was cut off \([a-z-]+\)$/),
    });
    const read = (url: string) => clientOf(url).buildStatus(REF);
    await expect(answering({ bytes: broken, coding, length: broken.length }, read)).rejects.toThrow(TransientError);
  });

  test('that decodes to more than the limit is not read to its end', async () => {
    const huge = encode(Buffer.alloc(64 * 1024 * 1024, ' '));
    expect(huge.length).toBeLessThan(1024 * 1024);
    const before = process.memoryUsage().arrayBuffers;
    const outcome = await retried({ bytes: huge, coding, length: huge.length });
    expect(outcome).toMatchObject({ kind: 'answer-lost', reason: 'the answer is larger than 2 MiB' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  });
});

test.each(['UTF-8', 'utf8', 'none', 'identity', 'gzip, utf-8'])('%s names no encoding more', async (coding) => {
  const bytes = coding.startsWith('gzip') ? gzipSync(ACCEPTED) : Buffer.from(ACCEPTED);
  expect(await retried({ bytes, coding, length: bytes.length })).toMatchObject({ kind: 'accepted' });
});

test('an answer that is encoded over and over is lost, and not decoded', async () => {
  const times = (count: number) => Array.from({ length: count }, () => 'gzip');
  const encoded = (count: number) => times(count).reduce((bytes) => gzipSync(bytes), Buffer.from(ACCEPTED));
  const answer = (count: number) => ({
    bytes: encoded(count),
    coding: times(count).join(),
    length: encoded(count).length,
  });
  expect(await retried(answer(5))).toMatchObject({ kind: 'accepted' });
  expect(await retried(answer(6))).toMatchObject({
    kind: 'answer-lost',
    reason: 'the answer has too many codings in its Content-Encoding',
  });
});

test('an unknown encoding is a lost answer', async () => {
  const bytes = Buffer.from(ACCEPTED);
  expect(await retried({ bytes, coding: 'zstd', length: bytes.length })).toMatchObject({
    kind: 'answer-lost',
    reason: 'the answer has an unknown Content-Encoding',
  });
});

test('a refusal without a body has nothing to decode', async () => {
  const answer = { bytes: Buffer.alloc(0), coding: 'gzip', length: 0, status: '429 Too Many Requests' };
  expect(await retried(answer)).toMatchObject({ kind: 'not-delivered', reason: 'HTTP 429' });
});

test('no request asks for an encoding', async () => {
  const server = await rawServer(({ socket }) => socket.end('HTTP/1.1 204 No Content\r\n\r\n'));
  const request = { method: 'GET', headers: {}, deadlineMs: 20_000, maxBytes: 1000, ownConnection: true } as const;
  try {
    await createHttp('test', fastClock()).send({ ...request, url: new URL(`${server.url}/x`) });
    expect(server.received.join()).toMatch(/^accept-encoding: identity\r$/im);
  } finally {
    await server.close();
  }
});
