import { globSync } from 'tinyglobby';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isObject } from '../../src/base/json.ts';
import { INSTALLATION } from '../../src/base/installation.ts';
import { specSchema } from '../../src/spec/editor/schema.ts';
import type { JsonSchema, StageKind } from '../../src/stage.ts';
import { catalogueOf, SOUND } from './fixtures.ts';

const validator = (schema: JsonSchema): ValidateFunction =>
  new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true }).compile(schema);
const accepts = (validate: ValidateFunction, yaml: string): boolean => validate(parse(yaml, { merge: true }));

/** The built-in kinds as they are in the sources. */
async function builtInKinds(): Promise<Record<string, StageKind>> {
  const files = globSync('stages/*/kind.ts', { cwd: INSTALLATION });
  const modules = await Promise.all(
    files.map(async (file) => {
      const { stage } = (await import(join(INSTALLATION, file))) as { stage: StageKind };
      return [file.split('/')[1]!, stage] as const;
    }),
  );
  return Object.fromEntries(modules);
}

const validate = validator(specSchema(catalogueOf()));

test('a valid spec is valid for an editor too', () => {
  expect(accepts(validate, SOUND), JSON.stringify(validate.errors)).toBe(true);
});

test.each([
  ['an unknown name', SOUND.replace('params:', 'parms:')],
  ['an unknown kind', SOUND.replace('uses: mine', 'uses: mime')],
  ['an unknown parameter', SOUND.replace('dimensions:', 'dimension:')],
  ['a value of the wrong type', SOUND.replace('${params.dim}', 'wide')],
  ['a missing parameter', SOUND.replace(', folder: data', '')],
  ['a parameter of another variant', SOUND.replace('folder: data', 'folder: data, header: true')],
  ['an unknown variant', SOUND.replace('format: beir', 'format: bier')],
  ['a missing input', SOUND.replace('inputs: { corpus: corpus }', 'inputs: {}')],
  ['an unknown input', SOUND.replace('{ corpus: corpus }', '{ corpus: corpus, more: corpus }')],
  ['a stage without a kind', SOUND.replace('    uses: mine\n', '')],
  ['no stages', 'name: x\n'],
  ['a timeout that is none', SOUND.replace('uses: mine', 'uses: mine\n    timeout: soon')],
  ['an unknown resource', SOUND.replace('uses: mine', 'uses: mine\n    resources: { cpus: 1 }')],
  ['an unknown part of a sweep', `${SOUND}sweep: { gird: {} }\n`],
  ['a repeat that is no list', `${SOUND}sweep: { repeat: { params.dim: 3 } }\n`],
  ['a column that is no metric', `${SOUND}sweep: { columns: [mrr] }\n`],
  ['an unknown distribution', `${SOUND}sweep: { random: { space: { params.dim: { normal: [0, 1] } } } }\n`],
])('an editor marks %s', (_, yaml) => {
  expect(accepts(validate, yaml)).toBe(false);
});

test.each([
  [
    'references anywhere',
    SOUND.replace(
      'format: beir, folder: data',
      'format: tsv, splits: "${params.s}", header: "${env.H:-true}"',
    ),
  ],
  ['all parameters by reference', SOUND.replace('{ format: beir, folder: data }', '${params.all}')],
  ['a module', SOUND.replace('uses: mine', 'uses: ./kinds/mine.ts')],
  [
    'a matrix and how a stage is executed',
    SOUND.replace(
      'uses: mine',
      'uses: mine\n    matrix: { n: [1, 2], exclude: [{ n: 1 }] }\n    timeout: 10min\n    retries: { count: 2 }\n    resources: { memory: 4GB }\n    frozen: true\n    enabled: "${params.on}"',
    ),
  ],
  [
    'a sweep',
    `${SOUND}sweep: { metric: model.mrr, grid: { model.loss.margin: [1] }, random: { space: { params.dim: { int: [1, 2], when: { a.b: 1 } } } }, experiments: { a: {} }, halving: { budget: a.b }, repeat: { params.dim: [1, 2] }, baseline: a, columns: [model.map] }\n`,
  ],
  ['a place for anchors', `x-common: { anything: 1 }\n${SOUND}`],
  [
    'a few lines over a base',
    'extends: base.yaml\nparams: { dim: 1 }\nstages: { model: { with: { anything: 1 } }, old: null }\n',
  ],
  [
    'a part of a stage over a base',
    'extends: [a.yaml]\nstages: { c: { uses: ingest, with: { format: beir } } }\n',
  ],
  [
    'what a base has, taken away',
    'include: a.yaml\nstages: { t: { uses: tokenize, inputs: { corpus: null }, with: { max_vocab: null } } }\n',
  ],
])('an editor is content with %s', (_, yaml) => {
  expect(accepts(validate, yaml), JSON.stringify(validate.errors)).toBe(true);
});

test('an editor marks what is wrong over a base too', () => {
  expect(
    accepts(validate, 'extends: a.yaml\nstages: { t: { uses: tokenize, with: { max_vocabs: 3 } } }\n'),
  ).toBe(false);
});

/** Every property that a schema names, with the path to it. */
function* properties(schema: unknown, path = ''): Generator<[string, Record<string, unknown>]> {
  if (Array.isArray(schema)) {
    for (const [index, part] of schema.entries()) yield* properties(part, `${path}/${index}`);
  } else if (isObject(schema)) {
    for (const [name, part] of Object.entries(schema)) {
      // Conditions are not shown to anyone.
      if (name === 'if') continue;
      if (name === 'properties' && isObject(part))
        for (const [property, value] of Object.entries(part))
          if (isObject(value)) yield [`${path}/${property}`, value];
      yield* properties(part, `${path}/${name}`);
    }
  }
}

describe('with the kinds as they are', async () => {
  const kinds = await builtInKinds();
  const schema = specSchema(catalogueOf(kinds));
  const real = validator(schema);

  test('the schema is valid draft-07', () => {
    expect(new Ajv().validateSchema(schema)).toBe(true);
  });

  test('every property has a text for the hover', () => {
    // A stage's entries under then/else only restrict properties that are described elsewhere.
    const silent = [...properties(schema)].filter(([path, property]) => {
      const narrowing = /\/(then|else)\/(properties\/)?(stages|inputs|with)$/.test(path);
      return !narrowing && typeof property['description'] !== 'string';
    });
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  test('it contains no private keyword of ours', () => {
    expect(JSON.stringify(schema)).not.toMatch(/"(x-path|discriminator)"/);
  });

  const specs = globSync(['pipelines/*.{yaml,yml}', '!**/*.lock.yaml'], { cwd: INSTALLATION });
  test.skipIf(specs.length === 0)('the specs that come with the project are valid for an editor', () => {
    for (const file of specs)
      expect(
        accepts(real, readFileSync(join(INSTALLATION, file), 'utf8')),
        `${file}: ${JSON.stringify(real.errors)}`,
      ).toBe(true);
  });
});
