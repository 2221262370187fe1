import { chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDiagnostics } from '../../src/spec/print.ts';
import { project, SOUND, stage } from './fixtures.ts';

const messages = async (content: string | Uint8Array): Promise<string[]> =>
  (await project(content).diagnostics()).map(({ message, location }) =>
    location ? `${location.line}:${location.column} ${message}` : message,
  );
const withParams = (params: string): string =>
  `stages: { a: { uses: command, with: { run: ls, params: { ${params} } } } }`;

describe('files that are not specs', () => {
  test('a missing file suggests its neighbours', async () => {
    const { printed, write, folder } = project(SOUND);
    expect(await printed({}, 'spec.yml')).toBe(
      "error: there is no file spec.yml\n  = help: Did you mean 'spec.yaml'?",
    );
    write({ 'other.yaml': SOUND });
    expect(await printed({}, 'something.yaml')).toContain(
      'The folder has the YAML files other.yaml, spec.yaml.',
    );
    expect(await printed({}, 'nowhere/spec.yaml')).toContain('there is no file');
    expect(folder).toBeDefined();
  });

  test('a folder', async () => {
    const { folder, printed } = project({ 'specs/a.yaml': SOUND });
    expect(await printed({}, 'specs')).toBe(
      `error: ${folder}/specs is a folder, not a file\n  = help: Name one of its files: a.yaml.`.replaceAll(
        `${folder}/`,
        '',
      ),
    );
  });

  test.skipIf(process.getuid?.() === 0)(
    'a file that may not be read (skipped for root, who may)',
    async () => {
      const { folder, printed } = project(SOUND);
      chmodSync(join(folder, 'spec.yaml'), 0);
      expect(await printed()).toContain('may not be read (EACCES)');
    },
  );

  test('a file of 50 MB is refused before it is read', async () => {
    const { folder, diagnostics } = project(SOUND);
    truncateSync(join(folder, 'spec.yaml'), 50_000_000);
    expect((await diagnostics())[0]).toMatchObject({
      message: `${folder}/spec.yaml has 50 MB; a spec may have at most 10 MB`,
      hint: 'Keep data in separate files and give their paths as parameters.',
    });
  });

  test('a device', async () => {
    const { diagnostics } = project(SOUND);
    expect((await diagnostics({}, '../../dev/null'))[0]!.message).toContain('is not a regular file');
  });

  test.each([
    ['nothing', '', '1:1 the file is empty'],
    ['white space', ' \n\n', '1:1 the file is empty'],
    ['comments', '# a\n# b\n', '1:1 the file has only comments'],
    ['a list', '- a\n- b\n', '1:1 expected a mapping of names to values, got a list of 2'],
    ['a text', 'hello', "1:1 expected a mapping of names to values, got the string 'hello'"],
    [
      'two documents',
      `name: a\n---\nname: b\n`,
      '2:1 a second document begins here; a spec must be a single document',
    ],
    ['YAML 1.1', '%YAML 1.1\n---\nname: a\n', '1:1 YAML 1.1 is not supported; a spec must be YAML 1.2'],
    ['NUL bytes', 'name: a\0b\n', '1:8 a control character, U+0000, which YAML does not allow'],
    ['an escape', 'name: "\u001b[31m"\n', '1:8 a control character, U+001B, which YAML does not allow'],
    ['UTF-16', Buffer.from('\ufeffname: a\n', 'utf16le'), '1:1 the file is UTF-16; a spec must be UTF-8'],
  ])('a file of %s', async (_, content, message) => {
    expect(await messages(content)).toEqual([message]);
  });

  test('bytes that are not UTF-8 are named by offset and place', async () => {
    const bytes = Buffer.concat([
      Buffer.from('name: x\ndescription: \ufffd caf'),
      Buffer.from([0xe9]),
      Buffer.from('\n'),
    ]);
    const { printed } = project(bytes);
    expect(await printed()).toMatchInlineSnapshot(`
      "error: not UTF-8: byte 0xe9 at offset 28
       --> spec.yaml:2:19
        |
      2 | description: � caf�
        |                   ^
        = help: Save the file as UTF-8."
    `);
  });
});

describe('YAML', () => {
  test('a byte order mark and Windows line ends are fine', async () => {
    expect((await project(`\ufeff${SOUND.replaceAll('\n', '\r\n')}`).load()).name).toBe('small');
    expect(await messages(`\ufeffnam: x\r\n${SOUND.replaceAll('\n', '\r\n')}`)).toEqual([
      "1:1 unknown name 'nam' in the spec",
    ]);
  });

  test('tabs for indentation', async () => {
    expect(await project('stages:\n\ta:\n\t\tuses: command\n').printed()).toMatchInlineSnapshot(`
      "error: a tab is used for indentation
       --> spec.yaml:2:1
        |
      2 |     a:
        | ^^^^
        = help: Indent with spaces."
    `);
  });

  test('a name that is defined twice is shown in both places, and the rest is checked too', async () => {
    const spec =
      'name: a\nstages:\n  a: { uses: command, with: { run: ls } }\n  a: { uses: command }\nname: b\nnmae: c\n';
    expect(await project(spec).printed()).toMatchInlineSnapshot(`
      "error: 'a' is defined twice
       --> spec.yaml:4:3
        |
      4 |   a: { uses: command }
        |   ^
        note: first defined here
       --> spec.yaml:3:3
        |
      3 |   a: { uses: command, with: { run: ls } }
        |   -

      error: 'name' is defined twice
       --> spec.yaml:5:1
        |
      5 | name: b
        | ^^^^
        note: first defined here
       --> spec.yaml:1:1
        |
      1 | name: a
        | ----

      error: unknown name 'nmae' in the spec
       --> spec.yaml:6:1
        |
      6 | nmae: c
        | ^^^^
        = help: Did you mean 'name'?"
    `);
  });

  test('brackets and quotes that are never closed', async () => {
    expect(await messages('stages:\n  a: [1, 2\nb: 3\n')).toEqual(['3:1 a [ before this is not closed']);
    expect((await messages('name: "x\n'))[0]).toContain('has no " at its end');
  });

  test.each([
    ['b: 1e400', 'the number 1e400 is too large for a 64-bit float'],
    ['b: .nan', '.nan is not allowed as a value'],
    ['b: -.inf', '-.inf is not allowed as a value'],
    [
      'b: 9007199254740993',
      'the integer 9007199254740993 is too large to be exact (beyond 9007199254740991)',
    ],
    ['1: x', 'the name 1 is not a string'],
    ['true: x', 'the name true is not a string'],
    ['~: x', 'a name is missing before the colon'],
    ['? [a] : x', 'a name must be a string, not a mapping or a list'],
    ['__proto__: { polluted: 1 }', "'__proto__' is not allowed as a name"],
    ['b: *nowhere', 'there is no anchor &nowhere above'],
    ['b: &b [*b]', 'the anchor &b contains itself'],
    ['<<: 3', '<< must be a mapping or a list of mappings'],
    ['b: !!binary aGk=', 'the value has a type that JSON does not support'],
    ['b: !mine x', 'unknown tag !mine'],
  ])('%s', async (params, message) => {
    expect((await project(withParams(params)).diagnostics()).map((one) => one.message)).toEqual([message]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('whole numbers up to 2^53, quoted digits and minus zero keep their value', async () => {
    const { load } = project(
      withParams('a: 9007199254740991, b: "9007199254740993", c: -0.0, d: 0x10, e: 1e3, f: 1_000'),
    );
    expect(stage(await load(), 'a').with['params']).toStrictEqual({
      a: 9007199254740991,
      b: '9007199254740993',
      c: 0,
      d: 16,
      e: 1000,
      f: '1_000',
    });
  });

  test('merge keys: own names win, earlier sources win over later ones', async () => {
    const { load } = project(
      `x-a: &a { p: 1, q: 1 }\nx-b: &b { q: 2, r: 2 }\n${withParams('<<: [*a, *b], p: 0')}`,
    );
    expect(stage(await load(), 'a').with['params']).toEqual({ p: 0, q: 1, r: 2 });
  });

  test('an alias bomb is refused at the first collection that is too much', async () => {
    const levels = 'abcdefghi'.split('');
    const bomb = levels.map((name, i) => {
      const inner = i === 0 ? '1' : `*${levels[i - 1]!}`;
      return `x-${name}: &${name} [${Array<string>(9).fill(inner).join(', ')}]\n`;
    });
    expect(await messages(`${bomb.join('')}${withParams('p: *i')}`)).toEqual([
      '6:9 has more than 200000 values after expanding its aliases',
    ]);
  });

  test('nesting without end is refused', async () => {
    expect(await messages(`x: ${'['.repeat(5000)}`)).toHaveLength(1);
    expect(await messages(`x-y: ${'['.repeat(150)}${']'.repeat(150)}\n${withParams('')}`)).toEqual([
      '1:105 nested more than 100 levels deep',
    ]);
  });

  test('a large file that is in order is read', async () => {
    const { folder, load } = project(withParams(''));
    mkdirSync(join(folder, 'x'));
    const lines = Array.from({ length: 20_000 }, (_, i) => `      key_${i}: some text of a few words`);
    writeFileSync(
      join(folder, 'spec.yaml'),
      `stages:\n  a:\n    uses: command\n    with:\n     run: ls\n     params:\n${lines.join('\n')}\n`,
    );
    expect(Object.keys(stage(await load(), 'a').with['params'] as object)).toHaveLength(20_000);
  });
});

test('any file gives a spec or printable errors', async () => {
  const { folder, diagnostics } = project('');
  const pieces = fc.constantFrom(
    ...SOUND.split(/(?<=[\s:{}[\],])/),
    '\t',
    '${',
    '$${',
    '}',
    '&a ',
    '*a',
    '<<: ',
    '- ',
    '"',
    "'",
    '\0',
    '---\n',
    '💥',
    '|\n',
    '!x ',
    '? ',
    '#',
  );
  const edits = fc.array(fc.tuple(fc.nat(SOUND.length), fc.nat(6), pieces), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(edits, async (changes) => {
      let text = SOUND;
      for (const [at, length, piece] of changes) text = text.slice(0, at) + piece + text.slice(at + length);
      // An edit may cut an emoji in half, which no file can hold.
      text = Buffer.from(text).toString();
      writeFileSync(join(folder, 'spec.yaml'), text);
      const found = await diagnostics();
      for (const { location, related = [] } of found)
        for (const place of [location, ...related.map((other) => other.location)]) {
          expect(place!.text).toBe(text.split(/\r?\n/)[place!.line - 1]);
          expect(place!.column - 1).toBeLessThanOrEqual(place!.text.length);
        }
      expect(formatDiagnostics(found, { color: false })).not.toContain('undefined');
    }),
    { numRuns: 300 },
  );
});
