import { join } from 'node:path';
import { CORPUS_FILE, CORPUS_TABLES } from '../../../src/formats/corpus.ts';
import { writeCorpusSummary } from '../../../src/formats/corpus-summary.ts';
import { literal, openDatabase } from '../../../src/formats/duckdb.ts';
import type { InputArtifact } from '../../../src/stage.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';
import type { SmallQuery } from '../../retrieval/fixtures.ts';

/** A corpus of documents `d 0`, `d 1` … (names with a space in them) and queries `q0`, `q1` … */
export async function corpusArtifact(
  documents: readonly string[],
  queries: readonly SmallQuery[],
): Promise<InputArtifact> {
  const folder = temporaryFolder();
  const database = await openDatabase(join(folder, CORPUS_FILE));
  await database.run(CORPUS_TABLES);
  const insert = async (table: string, rows: readonly string[]): Promise<void> => {
    if (rows.length > 0) await database.run(`INSERT INTO ${table} VALUES ${rows.join(',')}`);
  };
  await insert(
    'documents',
    documents.map((text, id) => `(${id}, 'd ${id}', ${literal(text)}, NULL)`),
  );
  await insert(
    'queries',
    queries.map(
      ({ text, split, type }, id) =>
        `(${id}, 'q${id}', '${split ?? 'train'}', ${literal(text)}, ${type ? literal(type) : 'NULL'}, false)`,
    ),
  );
  database.close();
  writeCorpusSummary(folder, {
    format: 'test',
    counts: { documents: documents.length, queries: queries.length, qrels: 0, candidates: 0 },
    splits: [],
    duplicates: { documents: 0, qrels: 0, candidates: 0 },
    rejects: {},
    sources: [],
  });
  return { type: 'corpus', stage: 'corpus', path: folder, digest: '', metrics: {} };
}
