import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { oneLine } from '../../../src/lib/sanitize.js';
import { buildLink, isId, isPathId, parseLink } from '../../../src/model/link.js';
import { BUILD } from '../../support/builds.js';

const HOST = 'https://devops.example.com';
const LINK = `${HOST}/console/pipeline/demo/p-1/detail/b-1`;
const PARSED = { consoleUrl: HOST, ...BUILD };

describe('buildLink', () => {
  const rows = [
    { name: 'to the build', link: buildLink(HOST, BUILD), expected: LINK },
    { name: 'to an execution', link: buildLink(HOST, BUILD, 2), expected: `${LINK}/executeDetail/2` },
    {
      name: 'below an address with a slash at its end',
      link: buildLink(`${HOST}/ci/`, BUILD),
      expected: `${HOST}/ci/console/pipeline/demo/p-1/detail/b-1`,
    },
    {
      name: 'with ids that are encoded',
      link: buildLink(HOST, { projectId: 'a/b?c#d', pipelineId: '%2e', buildId: '<b> "x"' }),
      expected: `${HOST}/console/pipeline/a%2Fb%3Fc%23d/%252e/detail/%3Cb%3E%20%22x%22`,
    },
  ];
  test.each(rows)('links $name', ({ link, expected }) => {
    expect(link).toBe(expected);
  });
});

describe('parseLink', () => {
  const rows = [
    { name: 'the plain form', link: LINK, expected: PARSED },
    { name: 'with executeDetail', link: `${LINK}/executeDetail`, expected: PARSED },
    { name: 'with an execution', link: `${LINK}/executeDetail/3`, expected: PARSED },
    { name: 'with any other tail', link: `${LINK}/outputs/x/y`, expected: PARSED },
    { name: 'with a slash at its end', link: `${LINK}/`, expected: PARSED },
    { name: 'with query and fragment', link: `${LINK}?reviewTaskId=e-1&x=%2F#log`, expected: PARSED },
    {
      name: 'over plain http, with a port',
      link: LINK.replace('https://devops.example.com', 'http://10.0.0.1:8080'),
      expected: { ...PARSED, consoleUrl: 'http://10.0.0.1:8080' },
    },
    { name: 'a host in capitals', link: LINK.replace('devops', 'DEVOPS'), expected: PARSED },
    {
      name: 'a console below a path',
      link: LINK.replace('.com/', '.com/ci/dev/'),
      expected: { ...PARSED, consoleUrl: `${HOST}/ci/dev` },
    },
    {
      name: 'ids in capitals and with underscores',
      link: `${HOST}/console/pipeline/Git_123/p-A_b/detail/b-C`,
      expected: { consoleUrl: HOST, projectId: 'Git_123', pipelineId: 'p-A_b', buildId: 'b-C' },
    },
    { name: 'percent-encoded ids', link: `${HOST}/console/pipeline/d%65mo/p-1/detail/b%2d1`, expected: PARSED },
    {
      name: 'the creative stream',
      link: `${HOST}/console/creative-stream/demo/flow/p-1/execute/b-1/execute-detail`,
      expected: PARSED,
    },
    { name: 'a history with a build', link: `${HOST}/console/pipeline/demo/p-1/history#b-1`, expected: PARSED },
    {
      name: 'a tab of a history',
      link: `${HOST}/console/pipeline/demo/p-1/history/history/4?a=b#b-1`,
      expected: PARSED,
    },
    { name: 'white space around the link', link: ` ${LINK}\n`, expected: PARSED },
  ];
  test.each(rows)('takes $name', ({ link, expected }) => {
    expect(parseLink(link)).toEqual(expected);
  });

  const refused = [
    { name: 'nothing', link: '' },
    { name: 'no address', link: 'demo/p-1/b-1' },
    { name: 'no scheme', link: LINK.replace('https://', '') },
    { name: 'another scheme', link: LINK.replace('https', 'ftp') },
    { name: 'a script', link: `javascript:alert(1)//${LINK}` },
    { name: 'user info', link: LINK.replace('https://', 'https://user:pass@') },
    { name: 'a password that reads as a path', link: LINK.replace('https://', 'https://user:1/pass@') },
    { name: 'the history of the pipeline', link: `${HOST}/console/pipeline/demo/p-1/history` },
    { name: 'a history with another fragment', link: `${HOST}/console/pipeline/demo/p-1/history#log` },
    { name: 'a history with a path in its fragment', link: `${HOST}/console/pipeline/demo/p-1/history#b-1/../x` },
    { name: 'no build', link: `${HOST}/console/pipeline/demo/p-1/detail/` },
    { name: 'an empty pipeline', link: `${HOST}/console/pipeline/demo//detail/b-1` },
    { name: 'dots that URL parsers remove', link: `${HOST}/console/pipeline/../p-1/detail/b-1` },
    { name: 'encoded dots', link: `${HOST}/console/pipeline/demo/%2e%2e/detail/b-1` },
    { name: 'broken percent-encoding', link: `${HOST}/console/pipeline/demo/p-1/detail/%E0%A4%A` },
    { name: 'ids in the query only', link: `${HOST}/?x=/console/pipeline/demo/p-1/detail/b-1` },
    { name: 'ids in the fragment only', link: `${HOST}/#/console/pipeline/demo/p-1/detail/b-1` },
    { name: 'another page', link: 'https://github.com/o/r/actions/runs/1' },
  ];
  test.each(refused)('refuses $name', ({ link }) => {
    expect(parseLink(link)).toBeUndefined();
  });
});

describe('isId and isPathId', () => {
  test('take nothing that can’t be put into an address, or that is not seen', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 0xffff }),
        (text, code) => {
          const id = `${text}${String.fromCharCode(code)}`;
          if (!isId(id)) return;
          expect(decodeURIComponent(encodeURIComponent(id))).toBe(id);
          expect(oneLine(`x${id}x`)).toBe(`x${id}x`.replaceAll('##[', '##\\['));
        },
      ),
      { numRuns: 5000 },
    );
  });

  test.each(['\ud800', 'b-\udc00', 'b-\u200b', 'b-\u3164', 'b-\ufe0f', 'b-\u2028', 'b 1', ''])('refuse %j', (id) => {
    expect([isId(id), isPathId(id)]).toEqual([false, false]);
  });
});

describe('a link with many slashes', () => {
  test('is no link of a build if it is longer than any', () => {
    expect(parseLink(`${HOST}/${'/'.repeat(5_000)}console/pipeline/demo/p-1/detail/b-1`)).toBeUndefined();
  });

  test('loses the slashes at the end of the console only', () => {
    expect(buildLink(`${HOST}//ci///`, BUILD)).toBe(`${HOST}//ci/console/pipeline/demo/p-1/detail/b-1`);
  });
});

describe('buildLink and parseLink', () => {
  const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter(isPathId);

  test('are inverses for every id that can stand in a path', () => {
    const executions = fc.option(fc.nat(), { nil: undefined });
    fc.assert(
      fc.property(fc.record({ projectId: id, pipelineId: id, buildId: id }), executions, (build, executeCount) => {
        expect(parseLink(buildLink(HOST, build, executeCount))).toEqual({ consoleUrl: HOST, ...build });
      }),
      { numRuns: 2000 },
    );
  });

  test('never link to another host, for any ids', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const link = new URL(buildLink(HOST, { projectId: text, pipelineId: text, buildId: text }));
        expect([link.origin, link.search, link.hash]).toEqual([HOST, '', '']);
      }),
      { numRuns: 2000 },
    );
  });
});
