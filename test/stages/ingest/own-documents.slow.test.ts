import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCorpus } from '../../../src/formats/corpus.ts';
import type { JsonObject } from '../../../src/stage.ts';
import { folderOf, ingest, jsonl } from './fixtures.ts';

/** Each query is a document, as in ArguAna: a1 is answered by a2, b1 by b2. */
const ARGUANA = {
  'corpus.jsonl': jsonl(
    { _id: 'a1', title: 'Pets', text: 'Cats should be allowed in the office.' },
    { _id: 'a2', text: 'Cats in the office make people sneeze.' },
    { _id: 'b1', text: 'Trams are better than buses.' },
    { _id: 'b2', text: 'Trams need rails.' },
  ),
  'queries.jsonl': jsonl(
    { _id: 'a1', text: 'Cats should be  allowed in the office. ' },
    { _id: 'b1', text: 'Trams are better than buses.' },
    { _id: 'q3', text: 'rails' },
  ),
  'qrels/train.tsv': 'query-id\tcorpus-id\tscore\na1\ta2\t1\nq3\tb2\t1\n',
  'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nb1\tb2\t1\n',
};

async function read(params: JsonObject): Promise<{
  readonly own: [number, number][];
  readonly warnings: readonly string[];
  readonly metric: unknown;
}> {
  const { artifact, warnings, metrics } = await ingest(params);
  const corpus = await openCorpus(artifact.path);
  try {
    return { own: [...(await corpus.ownDocuments())], warnings, metric: metrics!['identical_ids'] };
  } finally {
    corpus.close();
  }
}

describe('queries that are documents of the corpus by the same id', () => {
  it('are counted, kept with their documents, and warned of', async () => {
    const { own, warnings, metric } = await read({ format: 'beir', folder: folderOf(ARGUANA) });
    expect(own).toEqual([
      [0, 0],
      [1, 2],
    ]);
    expect(metric).toBe(2);
    expect(warnings).toEqual(['2 of 3 queries are documents of the corpus by the same id (identical ids)']);
  });

  it('whose document is relevant keep it', async () => {
    const folder = folderOf({
      ...ARGUANA,
      'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nb1\tb2\t1\nb1\tb1\t1\n',
    });
    expect((await read({ format: 'beir', folder })).own).toEqual([[0, 0]]);
  });

  it('by chance, as numbers are, are left out in BEIR alone, and never warned of', async () => {
    const files = {
      'corpus.jsonl': jsonl({ _id: '1', text: 'Trams need rails.' }, { _id: '2', text: 'Cats sleep.' }),
      'queries.jsonl': jsonl({ _id: '1', text: 'what do cats do' }),
      'qrels/test.tsv': 'query-id\tcorpus-id\tscore\n1\t2\t1\n',
      'qrels.jsonl': jsonl({ q: '1', d: '2' }),
    };
    const folder = folderOf(files);
    expect(await read({ format: 'beir', folder })).toEqual({ own: [[0, 0]], warnings: [], metric: 1 });
    const tables: JsonObject = {
      format: 'jsonl',
      documents: { files: join(folder, 'corpus.jsonl'), id: '_id', text: 'text' },
      queries: { files: join(folder, 'queries.jsonl'), id: '_id', text: 'text' },
      qrels: { files: join(folder, 'qrels.jsonl'), query: 'q', document: 'd' },
    };
    expect(await read(tables)).toEqual({ own: [], warnings: [], metric: undefined });
  });

  it('do not exist where the data has no ids', async () => {
    const folder = folderOf({
      'train.jsonl': jsonl({
        query: 'a',
        query_id: 0,
        passages: { is_selected: [1, 0], passage_text: ['a', 'b'] },
      }),
    });
    const found = await read({ format: 'msmarco', splits: { train: join(folder, 'train.jsonl') } });
    expect(found).toEqual({ own: [], warnings: [], metric: undefined });
  });
});
