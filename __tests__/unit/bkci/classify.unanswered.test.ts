import { describe, expect, test } from '@jest/globals';
import { classify } from '../../../src/bkci/classify.js';
import { NetworkError } from '../../../src/http/network-error.js';
import { outcomeText } from '../../support/outcomes.js';

describe('the end of a request that was not answered', () => {
  const failures = [
    { name: 'connection refused', phase: 'connecting', code: 'ECONNREFUSED', ends: 'not delivered' },
    { name: 'no route', phase: 'connecting', code: 'EHOSTUNREACH', ends: 'not delivered' },
    { name: 'name server silent', phase: 'connecting', code: 'EAI_AGAIN', ends: 'not delivered' },
    { name: 'unknown host', phase: 'connecting', code: 'ENOTFOUND', ends: 'not delivered ×2' },
    { name: 'no connection in time', phase: 'connecting', code: 'DEADLINE', ends: 'not delivered' },
    {
      name: 'a proxy refused CONNECT, which reports a reset',
      phase: 'connecting',
      code: 'ECONNRESET',
      ends: 'not delivered',
    },
    { name: 'TLS handshake cut', phase: 'connecting', code: 'ECONNRESET', ends: 'not delivered' },
    ...[
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'HOSTNAME_MISMATCH',
    ].map(
      (code) => ({ name: `bad certificate ${code}`, phase: 'connecting', code, ends: 'not delivered ×1' }) as const,
    ),
    { name: 'reset after sending', phase: 'sent', code: 'ECONNRESET', ends: 'answer lost' },
    { name: 'pipe broken while sending', phase: 'sent', code: 'EPIPE', ends: 'answer lost' },
    { name: 'no answer in time', phase: 'sent', code: 'DEADLINE', ends: 'answer lost' },
    { name: 'an answer that is too large', phase: 'sent', code: 'BODY_TOO_LARGE', ends: 'answer lost' },
    { name: 'not HTTP', phase: 'sent', code: 'HPE_INVALID_CONSTANT', ends: 'answer lost' },
    { name: 'something nobody thought of', phase: 'sent', code: 'UNKNOWN', ends: 'answer lost' },
  ] as const;
  test.each(failures)('$name: $ends', ({ phase, code, ends }) => {
    const outcome = classify({ failure: new NetworkError(phase, code, 'why') });
    expect({ ends: outcomeText(outcome), reason: 'reason' in outcome ? outcome.reason : '' }).toEqual({
      ends,
      reason: 'why',
    });
  });
});
