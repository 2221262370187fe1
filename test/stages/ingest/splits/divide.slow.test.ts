import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/stage.ts';
import { folderOf, ingest, jsonl, type Ingested } from '../fixtures.ts';

const ANIMALS = ['otter', 'badger', 'heron', 'lynx', 'beaver', 'stork', 'marmot', 'newt', 'viper', 'salmon'];
const VERBS = ['eat', 'hunt', 'sleep', 'nest', 'swim', 'fear', 'hide', 'call'];
/** 80 questions on ten animals, each of them asked twice in other words. */
const ROWS = ANIMALS.flatMap((animal) =>
  VERBS.flatMap((verb) => [
    { q: `What does the ${animal} ${verb}?`, d: `The ${animal} and how it does ${verb}.`, topic: animal },
    { q: `the ${animal}: what does ${verb}`, d: `The ${animal} and how it does ${verb}.`, topic: animal },
  ]),
);

const divided = (split: JsonObject, rows: readonly object[] = ROWS): Promise<Ingested> =>
  ingest({
    format: 'jsonl',
    pairs: { files: join(folderOf({ 'p.jsonl': jsonl(...rows) }), 'p.jsonl'), query: 'q', document: 'd' },
    split,
  });

const sizes = ({ summary }: Ingested): Record<string, number> =>
  Object.fromEntries(summary.splits.map(({ name, queries }) => [name, queries]));

/** Which splits have a word of each of the names. */
const splitsOf = ({ queries }: Ingested, names: readonly string[]): Set<string>[] =>
  names.map((name) => new Set(queries.flatMap(([split, , text]) => (text.includes(name) ? [split] : []))));

describe('split', () => {
  it('by hash makes the splits out of the only one, and keeps nearly the same questions together', async () => {
    const run = await divided({ test: 0.2, validation: 0.2 });
    const { train, validation, test } = sizes(run);
    expect(train! + validation! + test!).toBe(160);
    for (const size of [validation!, test!]) {
      expect(size).toBeGreaterThan(8);
      expect(size).toBeLessThan(60);
    }
    const pairs = ANIMALS.flatMap((animal) => VERBS.map((verb) => [animal, verb] as const));
    for (const [animal, verb] of pairs) {
      const alike = run.queries.filter(([, , text]) => text.includes(animal) && text.includes(verb));
      expect(new Set(alike.map(([split]) => split)).size).toBe(1);
    }
    expect(run.metrics).toMatchObject({
      'leakage/same_questions_test': 0,
      'leakage/similar_questions_test': 0,
    });
  });

  it('depends on the seed and the words alone: other questions change nothing', async () => {
    const [all, part, other] = [
      await divided({ test: 0.3 }),
      await divided({ test: 0.3 }, ROWS.slice(0, 100)),
      await divided({ test: 0.3, seed: 1 }),
    ];
    expect(part.queries.map(([split]) => split)).toEqual(all.queries.slice(0, 100).map(([split]) => split));
    expect(other.queries).not.toEqual(all.queries);
  });

  it('by group keeps all queries of a group together', async () => {
    const run = await divided({ test: 0.3, by: 'group', group: 'topic' });
    for (const splits of splitsOf(run, ANIMALS)) expect(splits.size).toBe(1);
    expect(new Set(run.queries.map(([split]) => split))).toEqual(new Set(['train', 'test']));
  });

  it('takes a missing split from train, and leaves the others as they are', async () => {
    const rows = (part: string, from: number, to: number): JsonObject[] =>
      ROWS.slice(from, to).map(({ q, d }) => ({ q, d, part }));
    const params = {
      format: 'jsonl',
      pairs: {
        files: join(folderOf({ 'p.jsonl': jsonl(...rows('train', 0, 120), ...rows('test', 120, 160)) }), '*'),
        query: 'q',
        document: 'd',
        split: 'part',
      },
    };
    const run = await ingest({ ...params, split: { validation: 0.2 } });
    expect(sizes(run)['test']).toBe(40);
    expect(sizes(run)['train']! + sizes(run)['validation']!).toBe(120);
    await expect(ingest({ ...params, split: { test: 0.1 } })).rejects.toThrow(
      "`split` makes a split 'test', which the data already has",
    );
  });

  it('knows the articles of SQuAD', async () => {
    const article = (title: string): object => ({
      title,
      paragraphs: VERBS.map((verb) => ({
        context: `${title} is known to ${verb}.`,
        qas: [{ id: `${title} ${verb}`, question: `When does ${title} ${verb}?`, answers: [] }],
      })),
    });
    const folder = folderOf({ 'train.json': JSON.stringify({ data: ANIMALS.map(article) }) });
    const params = { format: 'squad', splits: { train: join(folder, 'train.json') } };
    const run = await ingest({ ...params, split: { test: 0.3, by: 'group' } });
    for (const splits of splitsOf(run, ANIMALS)) expect(splits.size).toBe(1);
    expect(Object.keys(sizes(run)).sort()).toEqual(['test', 'train']);
    await expect(ingest({ ...params, split: { test: 0.3, group: 'topic' } })).rejects.toThrow(
      "the questions of SQuAD have no column 'topic'",
    );
  });

  it('reads groups of BEIR, of tables, of MS MARCO and of a SELECT', async () => {
    const documents = ROWS.map(({ d }, i) => ({ _id: `d${i}`, text: `${d} ${i}` }));
    const queries = ROWS.map(({ q, topic }, i) => ({ _id: `q${i}`, text: q, topic }));
    const qrels = ROWS.map((_, i) => `q${i}\td${i}\t1\n`).join('');
    const folder = folderOf({
      'corpus.jsonl': jsonl(...documents),
      'queries.jsonl': jsonl(...queries),
      'qrels/train.tsv': `query-id\tcorpus-id\tscore\n${qrels}`,
      'rows.jsonl': jsonl(
        ...ROWS.map(({ q, d, topic }, i) => ({
          query_id: i,
          query: q,
          topic,
          passages: { is_selected: [1], passage_text: [`${d} ${i}`] },
        })),
      ),
    });
    const split = { test: 0.3, by: 'group', group: 'topic' };
    const all = [
      await ingest({ format: 'beir', folder, split }),
      await ingest({ format: 'msmarco', splits: { train: join(folder, 'rows.jsonl') }, split }),
      await ingest({
        format: 'sql',
        files: { docs: join(folder, 'corpus.jsonl'), asked: join(folder, 'queries.jsonl') },
        documents: 'SELECT _id AS id, text FROM docs',
        queries: 'SELECT _id AS id, text, topic FROM asked',
        qrels: "SELECT _id AS query, replace(_id, 'q', 'd') AS document FROM asked",
        split,
      }),
    ];
    for (const run of all) {
      for (const splits of splitsOf(run, ANIMALS)) expect(splits.size).toBe(1);
      expect(new Set(run.queries.map(([name]) => name))).toEqual(new Set(['train', 'test']));
    }
    await expect(
      ingest({ format: 'beir', folder, split: { ...split, group: 'topics' } }),
    ).rejects.toMatchObject({
      message: expect.stringContaining("queries.jsonl has no column 'topics'") as string,
      hint: "Did you mean 'topic'?",
    });
  });

  it('refuses fractions that leave nothing, and splits that would be empty', async () => {
    await expect(divided({ test: 0.5, validation: 0.5 })).rejects.toMatchObject({
      code: 'E_PARAMETER',
      message: 'the fractions of `split` sum to 1, which leaves nothing to train on',
    });
    await expect(divided({ seed: 1 })).rejects.toThrow('names neither `test` nor `validation`');
    await expect(divided({ test: 0.1, by: 'group' })).rejects.toThrow('names no column');
    await expect(divided({ test: 0.1, by: 'hash', group: 'topic' })).rejects.toThrow('but names a group');
    await expect(divided({ test: 0.1 }, ROWS.slice(0, 1))).rejects.toMatchObject({
      message: "the split 'test' would have no query with a relevant document; there are 1 to divide",
      hint: 'There are too few queries. Choose another `seed` or other fractions.',
    });
  });
});
