import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { moduleKind } from '../../src/kinds/module.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

type Files = Readonly<Record<string, string>>;

/** A kind whose description is what `expression` gives as the module is loaded. */
const kind = (imports: string, expression: string): string => `${imports}
export const stage = {
  description: String(${expression}), parameters: {}, inputs: {}, output: 'files', run: async () => ({}),
};
`;

interface Project {
  readonly folder: string;
  readonly write: (files: Files) => void;
  /** What the kind says of itself, and the digest of its code. */
  readonly load: () => Promise<{ readonly says: string; readonly code: string }>;
}

/** A project with its kind in kinds/kind.ts. */
function project(files: Files): Project {
  const folder = temporaryFolder();
  const write = (written: Files): void => {
    for (const [path, text] of Object.entries(written)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  write(files);
  return {
    folder,
    write,
    async load() {
      const { declaration, code } = await moduleKind(join(folder, 'kinds/kind.ts'), join(folder, 'cache'));
      return { says: declaration.description, code };
    },
  };
}

const tsconfig = (target: string): string =>
  `{ "compilerOptions": { /* ours */ "paths": { "@lib/*": ["${target}/*"], } } }`;

test('a path alias of tsconfig.json leads to a source, whose edits count', async () => {
  const { write, load } = project({
    'tsconfig.json': tsconfig('./lib'),
    'lib/word.ts': "export const word: string = 'one';",
    'kinds/kind.ts': kind("import { word } from '@lib/word';", 'word'),
  });
  const before = await load();
  expect(before.says).toBe('one');
  write({ 'lib/word.ts': "export const word: string = 'two';" });
  const after = await load();
  expect(after.says).toBe('two');
  expect(after.code).not.toBe(before.code);
});

test.each([
  ['the alias itself', tsconfig('./lib'), {}, { 'tsconfig.json': tsconfig('./other') }],
  [
    'a tsconfig.json that ours extends',
    '{ "extends": "./base.json" }',
    { 'base.json': tsconfig('./lib') },
    { 'base.json': tsconfig('./other') },
  ],
])('an edit to %s is noticed', async (_, config, more, edit) => {
  const { write, load } = project({
    'tsconfig.json': config,
    'lib/word.ts': "export const word = 'one';",
    'other/word.ts': "export const word = 'other';",
    'kinds/kind.ts': kind("import { word } from '@lib/word';", 'word'),
    ...more,
  });
  expect((await load()).says).toBe('one');
  write(edit);
  expect((await load()).says).toBe('other');
});

test('a workspace package is source: TypeScript and CommonJS are bundled, and edits count', async () => {
  const { folder, write, load } = project({
    'packages/words/package.json': '{ "name": "@acme/words", "exports": "./src/index.ts", "type": "module" }',
    'packages/words/src/index.ts': "export { default as word } from '@acme/plain';",
    'packages/plain/package.json': '{ "name": "@acme/plain" }',
    'packages/plain/index.js': "module.exports = require('node:path').basename('a/one');",
    'kinds/kind.ts': kind("import { word } from '@acme/words';", 'word'),
  });
  mkdirSync(join(folder, 'node_modules/@acme'), { recursive: true });
  for (const name of ['words', 'plain'])
    symlinkSync(join('../../packages', name), join(folder, 'node_modules/@acme', name));
  const before = await load();
  expect(before.says).toBe('one');
  write({ 'packages/plain/index.js': "module.exports = 'two';" });
  const after = await load();
  expect(after.says).toBe('two');
  expect(after.code).not.toBe(before.code);
});

test('an import of package.json (#words) leads to a source', async () => {
  const { load } = project({
    'package.json': '{ "imports": { "#words": "./lib/words.ts" } }',
    'lib/words.ts': "export const word = 'one';",
    'kinds/kind.ts': kind("import { word } from '#words';", 'word'),
  });
  expect((await load()).says).toBe('one');
});

test("a package counts by its version, as seen from the module that imports it, and not by its files' bytes", async () => {
  const manifest = (version: string): string =>
    `{ "name": "left", "version": "${version}", "main": "left.cjs" }`;
  const { write, load } = project({
    'lib/node_modules/left/package.json': manifest('1.0.0'),
    'lib/node_modules/left/left.cjs': "module.exports = 'left';",
    'lib/word.ts': "export { default as word } from 'left';",
    'kinds/kind.ts': kind("import { word } from '../lib/word.ts';", 'word'),
  });
  const before = await load();
  expect(before.says).toBe('left');
  write({ 'lib/node_modules/left/left.cjs': "module.exports = 'l' + 'eft';" });
  expect((await load()).code).toBe(before.code);
  write({ 'lib/node_modules/left/package.json': manifest('1.1.0') });
  expect((await load()).code).not.toBe(before.code);
});

const manifest = (name: string, version: string, more: object = {}): string =>
  JSON.stringify({ name, version, main: 'index.cjs', ...more });

test('the packages that a package depends on count by their versions too', async () => {
  const { write, load } = project({
    'node_modules/left/package.json': manifest('left', '1.0.0', { dependencies: { right: '*' } }),
    'node_modules/left/index.cjs': "module.exports = require('right');",
    'node_modules/right/package.json': manifest('right', '1.0.0'),
    'node_modules/right/index.cjs': "module.exports = 'right';",
    'kinds/kind.ts': kind("import word from 'left';", 'word'),
  });
  const before = await load();
  write({ 'node_modules/right/package.json': manifest('right', '2.0.0') });
  const after = await load();
  expect(after.code).not.toBe(before.code);
  // Installed nearer to the one that needs it.
  write({
    'node_modules/left/node_modules/right/package.json': manifest('right', '3.0.0'),
    'node_modules/left/node_modules/right/index.cjs': "module.exports = 'nearer';",
  });
  expect((await load()).code).not.toBe(after.code);
});

test('a package that is installed nearer to the module takes the place of another', async () => {
  const { write, load } = project({
    'node_modules/left/package.json': manifest('left', '1.0.0'),
    'node_modules/left/index.cjs': "module.exports = 'far';",
    'kinds/kind.ts': kind("const { default: word } = await import('left');", 'word'),
  });
  const before = await load();
  write({
    'kinds/node_modules/left/package.json': manifest('left', '1.1.0'),
    'kinds/node_modules/left/index.cjs': "module.exports = 'near';",
  });
  const after = await load();
  expect([before.says, after.says]).toEqual(['far', 'near']);
  expect(after.code).not.toBe(before.code);
});

test('a linked package counts by its content, also where a package of node_modules depends on it', async () => {
  const { folder, write, load } = project({
    'node_modules/left/package.json': manifest('left', '1.0.0', { dependencies: { '@acme/words': '*' } }),
    'node_modules/left/index.cjs': "module.exports = require('@acme/words');",
    'packages/words/package.json': manifest('@acme/words', '0.0.0'),
    'packages/words/index.cjs': "module.exports = 'one';",
    'kinds/kind.ts': kind("import word from 'left';", 'word'),
  });
  mkdirSync(join(folder, 'node_modules/@acme'));
  symlinkSync('../../packages/words', join(folder, 'node_modules/@acme/words'));
  const before = await load();
  expect((await load()).code).toBe(before.code);
  write({ 'packages/words/index.cjs': "module.exports = 'two';" });
  const edited = await load();
  expect(edited.code).not.toBe(before.code);
  write({ 'packages/words/more.cjs': '' });
  expect((await load()).code).not.toBe(edited.code);
});

test.each([
  [
    'an import() of a literal path',
    "const { word } = await import('./word.ts');",
    'kinds/word.ts',
    'export const word = ',
  ],
  ['a JSON file that is required', "const word = require('./word.json');", 'kinds/word.json', ''],
])('%s counts', async (_, imports, file, prefix) => {
  const { write, load } = project({ [file]: `${prefix}"one"`, 'kinds/kind.ts': kind(imports, 'word') });
  const before = await load();
  write({ [file]: `${prefix}"two"` });
  const after = await load();
  expect([before.says, after.says]).toEqual(['one', 'two']);
  expect(after.code).not.toBe(before.code);
});

test('import.meta names the source file of each module, the helpers included', async () => {
  const { folder, load } = project({
    'lib/where.ts': 'export const where = [import.meta.url, import.meta.dirname, import.meta.filename];',
    'kinds/kind.ts': kind(
      "import { where } from '../lib/where.ts';",
      "[import.meta.url, ...where].join(' ')",
    ),
  });
  const helper = join(folder, 'lib/where.ts');
  expect((await load()).says.split(' ')).toEqual([
    pathToFileURL(join(folder, 'kinds/kind.ts')).href,
    pathToFileURL(helper).href,
    dirname(helper),
    helper,
  ]);
});

test('a file beside the module is found by its URL, and a module by createRequire', async () => {
  const { load } = project({
    'kinds/data.txt': 'hello',
    'kinds/old.cjs': "module.exports = require('node:path').basename(__filename);",
    'kinds/kind.ts': `#!/usr/bin/env node
${kind(
  "import { readFileSync } from 'node:fs';\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  "readFileSync(new URL('./data.txt', import.meta.url), 'utf8') + ' ' + require('./old.cjs')",
)}`,
  });
  expect((await load()).says).toBe('hello old.cjs');
});

test('an imported text is part of the code, a file that is read at run time is not', async () => {
  const { write, load } = project({
    'kinds/in.txt': 'one',
    'kinds/beside.txt': 'x',
    'kinds/kind.ts': kind(
      "import text from './in.txt';\nexport const beside = new URL('./beside.txt', import.meta.url);",
      'text',
    ),
  });
  const { code, says } = await load();
  expect(says).toBe('one');
  write({ 'kinds/beside.txt': 'y' });
  expect((await load()).code).toBe(code);
  write({ 'kinds/in.txt': 'two' });
  expect((await load()).code).not.toBe(code);
});

test('the same sources have the same code in another folder', async () => {
  const files = {
    'tsconfig.json': tsconfig('./lib'),
    'lib/word.ts': 'export const word = import.meta.url;',
    'kinds/kind.ts': kind("import { word } from '@lib/word';", 'word && import.meta.dirname && 1'),
  };
  expect((await project(files).load()).code).toBe((await project(files).load()).code);
});

test.each([
  ['a package that is not installed', "import 'gone';", /cannot be compiled: 1:8: Could not resolve "gone"/],
  [
    'a part of this package that is not public',
    "import 'two-tower/store';",
    /there is no 'two-tower\/store': a kind may import 'two-tower\/stage' and 'two-tower\/artifacts'/,
  ],
])('%s is refused with what to do', async (_, imports, message) => {
  const { load } = project({ 'kinds/kind.ts': kind(imports, '1') });
  await expect(load()).rejects.toThrow(message);
});
