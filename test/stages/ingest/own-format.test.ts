/** The example of docs/CONTRIBUTING.md, "Add a corpus format": one that the product does not have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { literal } from '../../../src/formats/duckdb.ts';
import { stage } from '../../../stages/ingest/kind.ts';
import { ingest as ingestWith, type Reader } from '../../../stages/ingest/run.ts';
import { folderOf, ingest } from './fixtures.ts';

const TABLES = `
  CREATE TABLE occurrences (seq UBIGINT, name VARCHAR, text VARCHAR, title VARCHAR);
  CREATE TABLE staged_queries (seq UBIGINT, split VARCHAR, name VARCHAR, text VARCHAR, type VARCHAR);
  CREATE TABLE staged_qrels (query UBIGINT, document UBIGINT, relevance INTEGER);
  CREATE TABLE staged_candidates (query UBIGINT, document UBIGINT, position UBIGINT)`;

/** Questions and answers in Markdown: a heading is a query, the text below it the relevant document. */
const readFaq: Reader = async (work, params) => {
  if (params.format !== 'squad') throw new Error('the example borrows the parameters of squad');
  const sources = await work.addSplits(params.splits);
  await work.database.run(TABLES);
  let seq = 0;
  for (const source of sources)
    await work.scan(source, async () => {
      for (const entry of readFileSync(source.path, 'utf8').split(/^# /m).slice(1)) {
        const [question, ...answer] = entry.trim().split('\n');
        await work.database.run(`
          INSERT INTO occurrences VALUES (${seq}, NULL, ${literal(answer.join(' ').trim())}, NULL);
          INSERT INTO staged_queries VALUES (${seq}, ${literal(source.split!)}, NULL, ${literal(question!)}, NULL);
          INSERT INTO staged_qrels VALUES (${seq}, ${seq}, 1)`);
        seq += 1;
      }
    });
};

it('a new corpus format is a reader that fills the tables of the workspace', async () => {
  const folder = folderOf({
    'faq.md': '# What is fever?\nA raised\ntemperature.\n\n# Does it pass?\nOften.\n',
  });
  const kind = { ...stage, run: (context: Parameters<typeof stage.run>[0]) => ingestWith(context, readFaq) };
  const corpus = await ingest({ format: 'squad', splits: { train: join(folder, 'faq.md') } }, {}, kind);
  expect(corpus.headline).toBe('2 documents · 2 queries');
  expect(corpus).toMatchObject({
    documents: [
      ['0', 'A raised temperature.'],
      ['1', 'Often.'],
    ],
    queries: [
      ['train', '0', 'What is fever?', null],
      ['train', '1', 'Does it pass?', null],
    ],
    qrels: [
      [0, 0, 1],
      [1, 1, 1],
    ],
  });
});
