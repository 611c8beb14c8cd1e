import { describe, expect, test } from '@jest/globals';
import { continuation, logLine, timedLine } from '../../../src/lib/log-line.js';

describe('lines of the log', () => {
  test('have a word, a time or nothing in a column of ten characters', () => {
    expect([
      logLine('Build', 'x'),
      logLine('Succeeded', 'x'),
      continuation('x'),
      timedLine(14_000, 'running', 'x'),
      timedLine(3_723_000, 'queued', ''),
    ]).toEqual(['Build     x', 'Succeeded x', '          x', '    0:14  running    x', ' 1:02:03  queued']);
  });
});
