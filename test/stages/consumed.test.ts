/**
 * Whatever a kind declares to read, it reads: a slot or path that is declared and ignored would be part of keys and of
 * no result. The sources are searched, because no single run uses all of them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isObject } from '../../src/base/json.ts';
import type { KindDeclaration } from '../../src/stage.ts';
import { KINDS } from './kinds.ts';

const STAGES = join(import.meta.dirname, '..', '..', 'stages');

/** The code of a kind without its declarations. */
function sourcesOf(kind: string): string {
  return readdirSync(join(STAGES, kind), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/(^|\/)(kind|parameters)\.ts$|^parameters\//.test(file))
    .map((file) => readFileSync(join(STAGES, kind, file), 'utf8'))
    .join('\n');
}

/** Names of the parameters that are or hold a path. */
function pathNames(schema: unknown, name = ''): string[] {
  if (!isObject(schema)) return [];
  if ('x-path' in schema) return [name];
  return Object.entries(schema).flatMap(([keyword, part]) => {
    if (keyword === 'properties' && isObject(part))
      return Object.entries(part).flatMap(([member, value]) => pathNames(value, member));
    return [part].flat().flatMap((one) => pathNames(one, name));
  });
}

/** What the program that a command starts reads by itself. */
const READ_BY_THE_COMMAND = ['command.deps'];

const slots = Object.entries<KindDeclaration>(KINDS).flatMap(([kind, { inputs }]) =>
  Object.entries(inputs).map(([slot, { rootsPaths }]) => ({ kind, slot, rootsPaths: rootsPaths === true })),
);

// Slots that root paths are read through these: test/e2e/files-of-a-stage.test.ts.
test.each(slots.filter(({ rootsPaths }) => !rootsPaths))('$kind reads its input $slot', ({ kind, slot }) => {
  const read =
    slot === '*'
      ? /Object\.entries\(inputs\)/
      : new RegExp(`\\b(input|optionalInput|inputList)\\((\\w+\\.)?context, '${slot}'\\)`);
  expect(sourcesOf(kind)).toMatch(read);
});

const paths = Object.entries<KindDeclaration>(KINDS).flatMap(([kind, { parameters }]) =>
  [...new Set(pathNames(parameters))].map((name) => ({ kind, name })),
);

test('paths are parameters of ingest, word2vec, evaluate, import-model and command', () => {
  expect([...new Set(paths.map(({ kind }) => kind))].sort()).toEqual([
    'command',
    'evaluate',
    'import-model',
    'ingest',
    'word2vec',
  ]);
});

test.each(paths.filter(({ kind, name }) => !READ_BY_THE_COMMAND.includes(`${kind}.${name}`)))(
  '$kind reads its parameter $name',
  ({ kind, name }) => {
    expect(sourcesOf(kind)).toMatch(
      new RegExp(`\\bparams\\.${name}\\b|\\{[^{}]*\\b${name}\\b[^{}]*\\}|\\.${name}\\b`),
    );
  },
);
