import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogueOf, DECLARATIONS, project, stage } from './fixtures.ts';

test('paths are found through variants, mappings, lists and alternatives, with their places', async () => {
  const { folder, load } = project(
    'stages:\n  c: { uses: ingest, with: { format: tsv, splits: { "a/b": x.tsv, test: [/y.tsv, "*.tsv", ~/z, "https://h/p.tsv"] } } }\n',
  );
  const { paths, with: params } = stage(await load(), 'c');
  expect(
    paths.map(({ pointer, value, location: at }) => [
      pointer,
      value.replace(folder, '.'),
      at!.text.slice(at!.column - 1, at!.column - 1 + at!.length),
    ]),
  ).toEqual([
    ['/splits/a~1b', './x.tsv', 'x.tsv'],
    ['/splits/test/0', '/y.tsv', '/y.tsv'],
    ['/splits/test/1', './*.tsv', '"*.tsv"'],
    ['/splits/test/2', './~/z', '~/z'],
    ['/splits/test/3', 'https://h/p.tsv', '"https://h/p.tsv"'],
  ]);
  expect(params['splits']).toMatchObject({ 'a/b': join(folder, 'x.tsv') });
});

test('a path is inside the artifact of the input that roots paths, if there is one', async () => {
  const { folder, load } = project(`stages:
  download: { uses: command, with: { run: ls } }
  made: { uses: vectors, inputs: { files: download }, with: { path: vectors.txt } }
  outside: { uses: vectors, inputs: { files: download }, with: { path: /data/vectors.txt } }
  remote: { uses: vectors, inputs: { files: download }, with: { path: "https://h/v.txt" } }
  own: { uses: vectors, with: { path: vectors.txt } }
`);
  const spec = await load();
  const path = (name: string): unknown[] =>
    stage(spec, name).paths.map(({ value, rootedIn }) => [value, rootedIn]);
  expect(path('made')).toEqual([['vectors.txt', 'files']]);
  expect(path('outside')).toEqual([['/data/vectors.txt', undefined]]);
  expect(path('remote')).toEqual([['https://h/v.txt', undefined]]);
  expect(path('own')).toEqual([[join(folder, 'vectors.txt'), undefined]]);
});

test('a path may not leave its artifact', async () => {
  const { printed } = project(`stages:
  download: { uses: command, with: { run: ls } }
  made: { uses: vectors, inputs: { files: download }, with: { path: a/../../v.txt } }
`);
  expect(await printed()).toContain("a/../../v.txt is outside the folder of the input 'files'");
});

test('npm:NAME is a file of an installed package, above the spec or beside it', async () => {
  const { folder, load } = project(`stages:
  main: { uses: vectors, with: { path: "npm:@scope/words" } }
  file: { uses: vectors, with: { path: "npm:@scope/words/small/v.json" } }
  absent: { uses: vectors, with: { path: "npm:not-there" } }
`);
  const installed = join(folder, 'node_modules', '@scope', 'words');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'package.json'), '{ "main": "./v.json" }');
  const spec = await load();
  const path = (name: string): unknown[] =>
    stage(spec, name).paths.map(({ value, package: name }) => [value, name]);
  expect(path('main')).toEqual([[join(installed, 'v.json'), '@scope/words']]);
  expect(path('file')).toEqual([[join(installed, 'small', 'v.json'), '@scope/words']]);
  // The planner reports the package as missing, with the command that installs it.
  expect(path('absent')).toEqual([[join(folder, 'node_modules', 'not-there'), 'not-there']]);
});

test.each(['npm:', 'npm:../secret', 'npm:words/../../secret', 'npm:a b'])(
  '%s names no file of a package',
  async (path) => {
    const { diagnostics } = project(
      `stages: { v: { uses: vectors, with: { path: ${JSON.stringify(path)} } } }`,
    );
    expect((await diagnostics())[0]!.message).toBe(`'${path}' does not name a file of an npm package`);
  },
);

test('addresses that nothing here can read are refused', async () => {
  const { diagnostics } = project('stages: { v: { uses: vectors, with: { path: "s3://bucket/v.txt" } } }');
  expect((await diagnostics())[0]!.message).toBe('s3:// URLs are not supported');
});

test('the alternative that matches the value decides whether it is a path', async () => {
  const path = { type: 'string', 'x-path': 'input' };
  const parameters = {
    type: 'object',
    $defs: { file: path },
    properties: {
      source: { anyOf: [{ const: 'auto' }, path] },
      other: { anyOf: [{ const: 'auto' }, path] },
      parts: {
        type: 'object',
        patternProperties: { '^f_': { $ref: '#/$defs/file' } },
        additionalProperties: true,
      },
      many: {
        type: 'array',
        items: {
          oneOf: [{ type: 'object', required: ['file'], properties: { file: path } }, { type: 'number' }],
        },
      },
      all: { type: 'string', allOf: [{ minLength: 1, 'x-path': 'input' }] },
    },
  };
  const kinds = catalogueOf({ k: { ...DECLARATIONS['command']!, parameters } });
  const { load, folder } = project(
    'stages: { s: { uses: k, with: { source: auto, other: a, parts: { f_x: b, y: c }, many: [1, { file: d }], all: e } } }',
  );
  const { paths } = stage(await load({ kinds }), 's');
  expect(paths.map(({ pointer, value }) => [pointer, value.replace(`${folder}/`, '')])).toEqual([
    ['/other', 'a'],
    ['/parts/f_x', 'b'],
    ['/many/1/file', 'd'],
    ['/all', 'e'],
  ]);
});
