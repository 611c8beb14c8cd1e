/** Libraries that are replaced by stubs are not in the bundle, and calling a stub is an error that says so. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as core from '@actions/core';
import { describe, expect, test } from '@jest/globals';
import { fetch, ProxyAgent } from 'undici';
import { ROOT } from './source.js';

describe('the bundle', () => {
  const scripts = readdirSync(join(ROOT, 'dist')).filter((name) => name.endsWith('.js'));
  const text = scripts.map((name) => readFileSync(join(ROOT, 'dist', name), 'utf8')).join('\n');

  test('opens only these modules of Node, so it can start no process, thread or HTTP/2 connection', () => {
    const modules = [...text.matchAll(/\b(?:require|openLate)\("(?:node:)?([^"]+)"\)/g)];
    expect([...new Set(modules.map(([, name]) => name))].sort()).toEqual([
      ...['assert', 'crypto', 'events', 'fs', 'http', 'https', 'net', 'os', 'path', 'timers/promises', 'tls', 'url'],
      ...['util', 'zlib'],
    ]);
    // In openLate itself.
    expect(text.match(/\brequire\((?!["')])[^)]*\)/g)).toEqual(['require(name)']);
  });

  test('opens no TLS until a request needs it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'left-out-'));
    const entry = join(directory, 'entry.cjs');
    writeFileSync(
      entry,
      `const Module = require('node:module');
      const load = Module._load;
      Module._load = (name, ...more) => (process.stderr.write(name + '\\n'), load(name, ...more));
      require(${JSON.stringify(join(ROOT, 'dist', 'index.js'))});`,
    );
    const { PATH = '' } = process.env;
    const { stderr } = spawnSync(process.execPath, [entry], { env: { PATH }, encoding: 'utf8' });
    rmSync(directory, { recursive: true });
    const opened = stderr.split('\n');
    expect(opened).toEqual(expect.arrayContaining(['node:http', 'crypto']));
    expect(opened).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(?:node:)?(?:assert|https|tls)$/)]));
  });

  test('has no eval and no new Function', () => {
    expect(text).not.toMatch(/\beval\(|\bnew Function\(/);
  });
});

describe('the stubs', () => {
  test('@actions/exec throws ERR_LEFT_OUT', async () => {
    await expect(core.platform.getDetails()).rejects.toMatchObject({ code: 'ERR_LEFT_OUT' });
  });

  test('undici throws ERR_LEFT_OUT', async () => {
    const dispatcher = async () => new ProxyAgent('http://proxy.test');
    await expect(dispatcher()).rejects.toMatchObject({ code: 'ERR_LEFT_OUT' });
    await expect((async () => fetch('http://bkci.test'))()).rejects.toMatchObject({ code: 'ERR_LEFT_OUT' });
  });
});
