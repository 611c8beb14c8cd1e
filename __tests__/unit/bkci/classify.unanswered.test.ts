import { describe, expect, test } from '@jest/globals';
import { classify } from '../../../src/bkci/classify.js';
import { NetworkError } from '../../../src/http/network-error.js';
import { outcomeText } from '../../support/outcomes.js';

describe('classify, with a network error', () => {
  const failures = [
    { name: 'connection refused', phase: 'connecting', code: 'ECONNREFUSED', outcome: 'not delivered' },
    { name: 'no route', phase: 'connecting', code: 'EHOSTUNREACH', outcome: 'not delivered' },
    { name: 'no answer of the name server', phase: 'connecting', code: 'EAI_AGAIN', outcome: 'not delivered' },
    { name: 'unknown host', phase: 'connecting', code: 'ENOTFOUND', outcome: 'not delivered ×2' },
    { name: 'no connection in time', phase: 'connecting', code: 'DEADLINE', outcome: 'not delivered' },
    {
      name: 'a proxy that refuses CONNECT, which Node reports as a reset',
      phase: 'connecting',
      code: 'ECONNRESET',
      outcome: 'not delivered',
    },
    { name: 'TLS handshake interrupted', phase: 'connecting', code: 'ECONNRESET', outcome: 'not delivered' },
    ...[
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'HOSTNAME_MISMATCH',
    ].map(
      (code) => ({ name: `bad certificate ${code}`, phase: 'connecting', code, outcome: 'not delivered ×1' }) as const,
    ),
    ...[
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'ERR_SSL_SSL_TLS_ALERT_HANDSHAKE_FAILURE',
      'BAD_PROXY',
    ].map((code) => ({ name: code, phase: 'connecting', code, outcome: 'not delivered ×1' }) as const),
    ...['ERR_SSL_UNEXPECTED_EOF_WHILE_READING', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'].map(
      (code) => ({ name: code, phase: 'connecting', code, outcome: 'not delivered' }) as const,
    ),
    {
      name: 'a wish for a certificate behind the handshake',
      phase: 'sent',
      code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      outcome: 'answer lost',
    },
    { name: 'reset after sending', phase: 'sent', code: 'ECONNRESET', outcome: 'answer lost' },
    { name: 'pipe broken while sending', phase: 'sent', code: 'EPIPE', outcome: 'answer lost' },
    { name: 'no answer in time', phase: 'sent', code: 'DEADLINE', outcome: 'answer lost' },
    { name: 'an answer that is too large', phase: 'sent', code: 'BODY_TOO_LARGE', outcome: 'answer lost' },
    { name: 'an answer that is not HTTP', phase: 'sent', code: 'HPE_INVALID_CONSTANT', outcome: 'answer lost' },
    { name: 'an unknown error', phase: 'sent', code: 'UNKNOWN', outcome: 'answer lost' },
  ] as const;
  test.each(failures)('$name is $outcome', ({ phase, code, outcome: expected }) => {
    const outcome = classify({ failure: new NetworkError(phase, code, 'why') });
    expect({ outcome: outcomeText(outcome), reason: 'reason' in outcome ? outcome.reason : '' }).toEqual({
      outcome: expected,
      reason: 'why',
    });
  });
});
