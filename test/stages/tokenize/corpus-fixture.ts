import { join } from 'node:path';
import { CORPUS_FILE, CORPUS_TABLES } from '../../../src/formats/corpus.ts';
import { writeCorpusSummary } from '../../../src/formats/corpus-summary.ts';
import { literal, openDatabase } from '../../../src/formats/duckdb.ts';
import type { InputArtifact } from '../../../src/stage.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';

type Ids = readonly number[];

export type SmallQuery = readonly [split: string, text: string, relevant?: Ids, candidates?: Ids];

export interface SmallCorpus {
  readonly documents: readonly string[];
  readonly queries: readonly SmallQuery[];
}

/** A real corpus artifact of a few rows. */
export async function smallCorpus({ documents, queries }: SmallCorpus): Promise<InputArtifact> {
  const path = temporaryFolder();
  const database = await openDatabase(join(path, CORPUS_FILE));
  await database.run(CORPUS_TABLES);
  const insert = async (table: string, rows: readonly string[]): Promise<void> => {
    if (rows.length > 0) await database.run(`INSERT INTO ${table} VALUES ${rows.join(', ')}`);
  };
  await insert(
    'documents',
    documents.map((text, id) => `(${id}, '${id}', ${literal(text)}, NULL)`),
  );
  await insert(
    'queries',
    queries.map(([split, text], id) => `(${id}, '${id}', ${literal(split)}, ${literal(text)}, NULL, false)`),
  );
  const qrels = queries.flatMap(([, , relevant = []], id) => relevant.map((document) => [id, document, 1]));
  const candidates = queries.flatMap(([, , , list = []], id) => list.map((doc, place) => [id, doc, place]));
  await insert(
    'qrels',
    qrels.map((row) => `(${row.join()})`),
  );
  await insert(
    'candidates',
    candidates.map((row) => `(${row.join()})`),
  );
  database.close();
  const splits = [...new Set(queries.map(([split]) => split))];
  writeCorpusSummary(path, {
    format: 'test',
    counts: {
      documents: documents.length,
      queries: queries.length,
      qrels: qrels.length,
      candidates: candidates.length,
    },
    splits: splits.map((name) => ({
      name,
      queries: queries.filter(([split]) => split === name).length,
      unanswered: 0,
      qrels: 0,
      candidates: 0,
    })),
    duplicates: { documents: 0, qrels: 0, candidates: 0 },
    rejects: {},
    sources: [],
  });
  return { type: 'corpus', stage: 'corpus', path, digest: '', metrics: {} };
}
