/** Reads the body of an answer to its end, and takes off its Content-Encoding. */

import type { IncomingMessage } from 'node:http';
import zlib from 'node:zlib';
import { NetworkError } from './network-error.js';

/** Each is decoded in the memory of a whole body, and nothing ends that before its end. */
const MOST_CODINGS = 5;

/** A body that is cut, that does not decode, or that is larger than `maxBytes` once decoded is a NetworkError. */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<string> {
  let body = await readBytes(message, maxBytes);
  const hasNone = body.length === 0 && (message.statusCode === 204 || (message.statusCode ?? 0) >= 300);
  const codings = hasNone ? [] : codingsOf(message);
  if (codings.length > MOST_CODINGS) {
    throw new NetworkError('sent', 'UNKNOWN_ENCODING', 'the answer has too many codings in its Content-Encoding');
  }
  for (const coding of codings) body = await decode(body, coding, maxBytes);
  return body.toString('utf8');
}

function readBytes(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= maxBytes) return;
      reject(tooLarge(maxBytes));
      message.destroy();
    });
    message.on('end', () => {
      if (message.complete) resolve(Buffer.concat(chunks));
    });
    message.on('error', reject);
    // Always the last event; after a complete body, the promise is already resolved.
    message.on('close', () => reject(new NetworkError('sent', 'ECONNRESET', 'the answer was cut off')));
  });
}

/** Not codings, but what some servers send as one. Nothing is to be taken off. */
const NO_CODING = /^(?:|identity|none|utf-?8)$/;

/** In the order in which they are taken off. Some servers and proxies encode although none was asked for. */
function codingsOf({ headers }: IncomingMessage): string[] {
  const codings = (headers['content-encoding'] ?? '').toLowerCase().split(',');
  return codings
    .map((coding) => coding.trim())
    .filter((coding) => !NO_CODING.test(coding))
    .reverse();
}

type Decoder = (
  body: Buffer,
  options: { maxOutputLength: number },
  done: (error: Error | null, decoded: Buffer) => void,
) => void;

/** RFC 9110 §8.4.1. Many servers send `deflate` without the zlib header that it should have. */
function decoderFor(coding: string, body: Buffer): Decoder | undefined {
  const { gunzip, brotliDecompress, inflate, inflateRaw } = zlib;
  if (coding === 'gzip' || coding === 'x-gzip') return gunzip;
  if (coding === 'br') return brotliDecompress;
  if (coding !== 'deflate') return undefined;
  // RFC 1950 §2.2.
  const hasHeader = body.length >= 2 && ((body[0] ?? 0) & 0x0f) === 8 && body.readUInt16BE() % 31 === 0;
  return hasHeader ? inflate : inflateRaw;
}

/** Decoding ends at `maxBytes`, so a small body that decodes to a huge one takes no more memory than a large body. */
function decode(body: Buffer, coding: string, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const decoder = decoderFor(coding, body);
    if (!decoder) {
      reject(new NetworkError('sent', 'UNKNOWN_ENCODING', 'the answer has an unknown Content-Encoding'));
      return;
    }
    decoder(body, { maxOutputLength: maxBytes }, (error, decoded) => {
      if (!error) resolve(decoded);
      else if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') reject(tooLarge(maxBytes));
      else reject(new NetworkError('sent', 'UNDECODABLE', `the answer was cut off (${coding})`, { cause: error }));
    });
  });
}

function tooLarge(maxBytes: number): NetworkError {
  return new NetworkError('sent', 'BODY_TOO_LARGE', `the answer is larger than ${maxBytes / 1024 / 1024} MiB`);
}
