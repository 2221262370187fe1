import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { digestOfCorpus } from '../../../src/formats/corpus-digest.ts';
import { CORPUS_FILE, openCorpus } from '../../../src/formats/corpus.ts';
import { literal, openDatabase } from '../../../src/formats/duckdb.ts';
import { digestOf, folderOf, ingest, jsonl } from './fixtures.ts';

const QUERIES = 3_000;
const PASSAGES = 25;
/** Few enough that most of the 75,000 occurrences repeat an earlier text. */
const TEXTS = 20_000;

/** More rows than DuckDB's vectors hold, so that every operator works on several and threads can get ahead. */
function rows(): object[] {
  const source = random(1, 'digest test');
  return Array.from({ length: QUERIES }, (_, id) => ({
    query_id: id,
    query: `question ${id % 2_900}`,
    passages: {
      is_selected: Array.from({ length: PASSAGES }, () => (source.integer(10) === 0 ? 1 : 0)),
      passage_text: Array.from({ length: PASSAGES }, () => `passage ${source.integer(TEXTS)} — ä`.repeat(3)),
    },
  }));
}

describe('the digest of a corpus', () => {
  it('is the same at 1, 2, 3 and 8 threads and in every execution, and depends on the order of rows', async () => {
    const folder = folderOf({ 'a.jsonl.gz': jsonl(...rows()) });
    const params = { format: 'msmarco', splits: { train: join(folder, 'a.jsonl.gz') } };
    const reference = await ingest(params, { threads: 1 });
    for (const threads of [1, 2, 3, 8]) {
      const other = await ingest(params, { threads });
      expect(digestOf(other)).toBe(digestOf(reference));
      expect(other.documents).toEqual(reference.documents);
      expect(other.qrels).toEqual(reference.qrels);
      expect(other.candidates).toEqual(reference.candidates);
    }
  });

  it('tables read by DuckDB with several threads keep their order', async () => {
    const source = random(2, 'digest test');
    const lines = Array.from(
      { length: 60_000 },
      () => `q${source.integer(4_000)},"text ${source.integer(30_000)}, ${'x'.repeat(80)}"\n`,
    );
    const folder = folderOf({ 'p.csv': `q,d\n${lines.join('')}` });
    const pairs = { files: join(folder, 'p.csv'), query: 'q', document: 'd' };
    const runs = [];
    for (const threads of [1, 2, 4]) runs.push(await ingest({ format: 'csv', pairs }, { threads }));
    expect(new Set(runs.map(digestOf)).size).toBe(1);
    // Documents are numbered as they first come in the file.
    const firsts = [...new Set(lines.map((line) => line.slice(line.indexOf('"') + 1, -2)))];
    expect(runs[0]!.documents.map(([, text]) => text)).toEqual(firsts);
  });

  it.each([
    [`UPDATE c.documents SET text = text || ' ' WHERE doc_id = 3`],
    [`UPDATE c.documents SET name = 'other' WHERE doc_id = 3`],
    [`UPDATE c.queries SET split = 'test' WHERE query_id = 0`],
    [`UPDATE c.queries SET query_type = '' WHERE query_id = 0`],
    [`UPDATE c.queries SET synthetic = true WHERE query_id = 0`],
    [`UPDATE c.documents SET title = '' WHERE doc_id = 3`],
    [`UPDATE c.qrels SET relevance = 2 WHERE query_id = 0 AND doc_id = 0`],
    [`UPDATE c.candidates SET position = 9 WHERE query_id = 0 AND position = 1`],
    [`DELETE FROM c.candidates WHERE query_id = 1`],
    // The boundary between two fields must affect the digest.
    [`UPDATE c.documents SET name = name || '1', text = substr(text, 2) WHERE doc_id = 3`],
  ])('changes with %s', async (change) => {
    const folder = folderOf({
      'a.jsonl': jsonl(
        { query_id: 1, query: 'a', passages: { is_selected: [1, 0], passage_text: ['w', 'x'] } },
        { query_id: 2, query: 'b', passages: { is_selected: [0, 1], passage_text: ['y', '1z'] } },
      ),
    });
    const corpus = await ingest({ format: 'msmarco', splits: { train: join(folder, 'a.jsonl') } });
    const opened = await openCorpus(corpus.artifact.path);
    const counts = opened.counts();
    opened.close();
    const database = await openDatabase(':memory:');
    try {
      await database.run(`ATTACH ${literal(join(corpus.artifact.path, CORPUS_FILE))} AS c`);
      expect(await digestOfCorpus(database, 'c', { counts })).toBe(digestOf(corpus));
      await database.run(change);
      expect(await digestOfCorpus(database, 'c', { counts })).not.toBe(digestOf(corpus));
    } finally {
      database.close();
    }
  });
});
