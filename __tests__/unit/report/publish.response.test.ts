import { describe, expect, test } from '@jest/globals';
import { responseLines } from '../../../src/report/publish.js';

describe('responseLines', () => {
  test('are the request, the status with the request id, and the message of the server', () => {
    expect(
      responseLines(['Look', 'Refused'], 'GET https://h/x', {
        http: 400,
        requestId: '5f1c',
        message: 'no\n::error::x',
      }),
    ).toEqual([
      'Look      GET https://h/x',
      'Refused   HTTP 400, request id 5f1c',
      '          | no',
      '          | ::error::x',
    ]);
  });
  test('are two lines without a message', () => {
    expect(responseLines(['Sent', 'Answer'], 'POST https://h/x', { http: 404 })).toEqual([
      'Sent      POST https://h/x',
      'Answer    HTTP 404',
    ]);
  });
});
