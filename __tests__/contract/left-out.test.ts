/** What is left out of the bundle, and that a library which calls it after all is told so. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@actions/core';
import { describe, expect, test } from '@jest/globals';
import { fetch, ProxyAgent } from 'undici';
import { ROOT } from './source.js';

describe('the bundle', () => {
  const scripts = readdirSync(join(ROOT, 'dist')).filter((name) => name.endsWith('.js'));
  const text = scripts.map((name) => readFileSync(join(ROOT, 'dist', name), 'utf8')).join('\n');

  test('opens these modules of Node and no other: it starts no process, no thread, no server of HTTP/2', () => {
    const opened = [...text.matchAll(/createRequire\(import\.meta\.url\)\("(?:node:)?([^"]+)"\)/g)];
    expect([...new Set(opened.map(([, name]) => name))].sort()).toEqual([
      ...['assert', 'crypto', 'events', 'fs', 'http', 'https', 'net', 'os', 'path', 'timers/promises', 'tls', 'url'],
      'util',
    ]);
  });

  test('evaluates no text', () => {
    expect(text).not.toMatch(/\beval\(|\bnew Function\(/);
  });
});

describe('the stubs', () => {
  test('@actions/exec says so', async () => {
    await expect(core.platform.getDetails()).rejects.toMatchObject({ code: 'ERR_LEFT_OUT' });
  });

  test('undici says so', async () => {
    const dispatcher = async () => new ProxyAgent('http://proxy.test');
    await expect(dispatcher()).rejects.toMatchObject({ code: 'ERR_LEFT_OUT' });
    await expect((async () => fetch('http://bkci.test'))()).rejects.toMatchObject({ code: 'ERR_LEFT_OUT' });
  });
});
