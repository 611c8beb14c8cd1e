import { STATUS_CODES } from 'node:http';
import { httpStatusOf, type Language, messageOf, type Refusal } from '../world/messages.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' };

/** bk-ci: what is null is left out, here and below. */
export function ok(data: unknown): Answer {
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify({ status: 0, data }) };
}

/** bk-ci: ErrorCodeException and its mapper. */
export function refusalAnswer(refusal: Refusal, language: Language): Answer {
  return failure(httpStatusOf(refusal), messageOf(refusal, language), refusal.code);
}

/** bk-ci: the exception mappers; `status` of the body is the HTTP status unless it is an error code. */
export function failure(http: number, message: string, status = http, data?: string): Answer {
  return { status: http, headers: JSON_TYPE, body: JSON.stringify({ status, message, data }) };
}

/** bk-ci: the openapi filter chain refuses with plain text and sets no content type. */
export function plainText(status: number, body: string): Answer {
  return { status, headers: {}, body };
}

/** bk-ci: gateway error.json.conf; `result` is true even here. */
export function gatewayJson(status: number, message: string): Answer {
  const body = JSON.stringify({ status, data: '', result: true, message });
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }, body };
}

/** BlueKing API gateway: bk-core/errorx.lua, bk-error-wrapper.lua. */
export function apiGatewayError(status: number, code: number, text: { name: string; message: string }): Answer {
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'X-Bkapi-Error-Code': String(code),
      'X-Bkapi-Error-Message': text.message,
    },
    body: JSON.stringify({ code, code_name: text.name, message: text.message, result: false, data: null }),
  };
}

/** Spring's own answer outside `/api`, which no part of BK-CI has seen. */
export function springError(status: number, path: string, timestamp: number): Answer {
  const body = { timestamp, status, error: STATUS_CODES[status], path };
  return { status, headers: JSON_TYPE, body: JSON.stringify(body) };
}

export function html(status: number, title: string, text = title): Answer {
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${text}</h1></center>\r\n<hr><center>openresty</center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

/** How the end of a body is marked: by its length, by chunks, or by the end of the connection. */
export type Framing = 'length' | 'chunked' | 'close';

/** The complete HTTP response as bytes, so that it can be cut anywhere. */
export function rawResponse(answer: Answer, framing: Framing = 'length'): Buffer {
  const body = Buffer.from(answer.body);
  const framed = {
    length: { 'content-length': String(body.length), connection: 'keep-alive' },
    chunked: { 'transfer-encoding': 'chunked', connection: 'keep-alive' },
    close: { connection: 'close' },
  }[framing];
  const headers = Object.entries({ ...answer.headers, ...framed }).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${headers.join('')}\r\n`;
  if (framing !== 'chunked') return Buffer.concat([Buffer.from(head), body]);
  const chunks = [`${body.length.toString(16)}\r\n`, body, '\r\n0\r\n\r\n'].map((part) => Buffer.from(part));
  return Buffer.concat([Buffer.from(head), ...(body.length > 0 ? chunks : [Buffer.from('0\r\n\r\n')])]);
}
