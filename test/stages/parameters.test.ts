/**
 * The types of the parameters say that a property with a default is always present. That is true only if ajv fills it
 * in, which it does not do inside every keyword, so each kind is checked.
 */
import { expect, it } from 'vitest';
import { isObject } from '../../src/base/json.ts';
import type { JsonObject, KindDeclaration } from '../../src/stage.ts';
import { completeParams } from '../helpers/run-kind.ts';
import { KINDS } from './kinds.ts';

/** The smallest valid parameters of each kind, once for each branch of its schema. */
const CASES: readonly (readonly [string, KindDeclaration, readonly JsonObject[]])[] = [
  ['command', KINDS.command, [{ run: 'true' }]],
  ['embed', KINDS.embed, [{}]],
  ['evaluate', KINDS.evaluate, [{}]],
  ['index', KINDS.index, [{}]],
  [
    'ingest',
    KINDS.ingest,
    [
      { format: 'msmarco', splits: { test: 'a.jsonl' } },
      { format: 'squad', splits: { test: 'a.json' } },
      { format: 'beir', folder: 'data' },
      { format: 'tsv', pairs: { query: 'q', document: 'd' } },
      { format: 'sql', documents: 'SELECT 1', queries: 'SELECT 1', qrels: 'SELECT 1' },
    ],
  ],
  [
    'mine',
    KINDS.mine,
    [{}, { negatives: ['random', 'candidates', 'bm25', 'model'].map((from) => ({ from })) }],
  ],
  ['ensemble', KINDS.ensemble, [{}]],
  ['import-model', KINDS['import-model'], [{ path: 'model' }]],
  ['synthesize', KINDS.synthesize, [{}]],
  ['tokenize', KINDS.tokenize, [{}]],
  [
    'train',
    KINDS.train,
    ['triplet', 'batch_hard_triplet', 'semi_hard_triplet', 'multiple_negatives_ranking', 'margin_mse'].map(
      (name) => ({ loss: { name } }),
    ),
  ],
  [
    'word2vec',
    KINDS.word2vec,
    [{ source: 'pretrained', path: 'vectors.txt' }, { source: 'train' }, { source: 'random' }],
  ],
];

type Schema = Readonly<Record<string, unknown>>;

/** Paths of the properties that the type promises but the value does not have. */
function missing(schema: Schema, value: unknown, path: string): string[] {
  if (Array.isArray(value))
    return value.flatMap((item, i) => missing((schema['items'] ?? {}) as Schema, item, `${path}[${i}]`));
  if (!isObject(value)) return [];
  const { properties, required = [] } = branchOf(schema, value) as {
    properties?: Readonly<Record<string, Schema>>;
    required?: readonly string[];
  };
  return Object.entries(properties ?? {}).flatMap(([name, property]) => {
    if (name in value) return missing(property, value[name], `${path}.${name}`);
    return 'default' in property || required.includes(name) ? [`${path}.${name}`] : [];
  });
}

/** The schema itself, or the branch that the value's tag names. */
function branchOf(schema: Schema, value: Readonly<Record<string, unknown>>): Schema {
  const { discriminator, oneOf } = schema as { discriminator?: { propertyName: string }; oneOf?: Schema[] };
  if (!discriminator) return schema;
  const tag = discriminator.propertyName;
  return oneOf!.find(({ properties }) => {
    const named = (properties as Readonly<Record<string, Schema>>)[tag]!;
    return (
      named['const'] === value[tag] || (named['enum'] as readonly unknown[] | undefined)?.includes(value[tag])
    );
  })!;
}

it.each(CASES)('%s gets every parameter that its type promises', (_, kind, cases) => {
  for (const given of cases)
    expect(missing(kind.parameters, completeParams(kind, given), 'with')).toEqual([]);
});
