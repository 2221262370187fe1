import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/stage.ts';
import { folderOf, ingest, jsonl, type Ingested } from './fixtures.ts';

/** 12 training questions, the last without a relevant passage, and one test question. */
const corpus = (more: JsonObject): Promise<Ingested> => {
  const row = (id: number): object => ({
    query_id: id,
    query: `question ${id}`,
    passages: { is_selected: [id < 12 ? 1 : 0, 0], passage_text: [`answer ${id}`, `other ${id}`] },
  });
  const folder = folderOf({
    'train.jsonl': jsonl(...Array.from({ length: 12 }, (_, i) => row(i + 1))),
    'test.jsonl': jsonl(row(1)),
  });
  const splits = { train: join(folder, 'train.jsonl'), test: join(folder, 'test.jsonl') };
  return ingest({ format: 'msmarco', splits, ...more });
};

const judgedOf = ({ qrels }: Ingested): number[] => [...new Set(qrels.map(([query]) => query!))];

describe('judged', () => {
  it('leaves so many queries of a split their judgements and keeps every text', async () => {
    const [whole, some] = [await corpus({}), await corpus({ judged: { train: 4 } })];
    expect(some.documents).toEqual(whole.documents);
    expect(some.queries).toEqual(whole.queries);
    // The test question, number 12, keeps its own.
    expect(judgedOf(some)).toHaveLength(5);
    expect(judgedOf(some)).toContain(12);
    expect(Object.keys(some.candidates).map(Number)).toEqual(judgedOf(some));
    expect(some.summary.splits[0]).toMatchObject({ queries: 12, unanswered: 8, qrels: 4, candidates: 8 });
    expect(some.summary.duplicates.qrels).toBe(0);
  });

  it('draws nested samples by seed', async () => {
    const few = judgedOf(await corpus({ judged: { train: 3 } }));
    const more = judgedOf(await corpus({ judged: { train: 6 } }));
    const other = judgedOf(await corpus({ judged: { train: 6 }, judged_seed: 7 }));
    expect(more).toEqual(expect.arrayContaining(few));
    expect(other).not.toEqual(more);
  });

  it('may be 0, and warns where the split has fewer', async () => {
    expect(judgedOf(await corpus({ judged: { train: 0 } }))).toEqual([12]);
    const { warnings } = await corpus({ judged: { train: 100 } });
    expect(warnings).toContain(
      "only 11 queries of the split 'train' have a relevant document; `judged` asks for 100",
    );
  });

  it('must name splits of the data', async () => {
    await expect(corpus({ judged: { trian: 5 } })).rejects.toThrow(
      "judged names the split 'trian', but the data has test, train",
    );
  });
});
