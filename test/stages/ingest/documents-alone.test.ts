import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderOf, ingest, jsonl } from './fixtures.ts';

const WARNING = 'the corpus has documents alone: nothing can be trained or evaluated from it as it is';

it('documents without queries are a corpus, with a warning that names synthesize', async () => {
  const folder = folderOf({
    'corpus.jsonl': jsonl({ _id: 'a', title: 'Fever', text: 'A raised temperature.' }),
  });
  const corpus = await ingest({ format: 'beir', folder });
  expect(corpus.documents).toEqual([['a', 'Fever A raised temperature.']]);
  expect(corpus.queries).toEqual([]);
  expect(corpus.warnings).toEqual([WARNING]);
  expect(corpus.fullWarnings[0]!.hint).toContain('synthesize');
  const documents = { files: join(folder, 'corpus.jsonl'), id: '_id', text: 'text' };
  expect((await ingest({ format: 'jsonl', documents })).warnings).toEqual([WARNING]);
  expect((await ingest({ format: 'sql', documents: "SELECT 1 AS id, 'x' AS text" })).warnings).toEqual([
    WARNING,
  ]);
});

it('queries that the spec names must be there, and come with judgements', async () => {
  const folder = folderOf({
    'corpus.jsonl': jsonl({ _id: 'a', text: 'x' }),
    'queries.jsonl': '',
    'qrels/train.tsv': 'query-id\tcorpus-id\tscore\n',
  });
  await expect(ingest({ format: 'beir', folder })).rejects.toThrow(/no queries|is empty/);
});
