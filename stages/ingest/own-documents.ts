/**
 * Queries that are documents of the corpus by the same id, as in ArguAna and Quora of BEIR: there each query is taken
 * from the corpus, and its own document would be found first by every system.
 */
import { OWN_DOCUMENTS_TABLE } from '../../src/formats/corpus.ts';
import type { StageWarning } from '../../src/stage.ts';
import type { Workspace } from './workspace.ts';

export interface OwnDocuments {
  /** Queries that have an own document. */
  readonly queries: number;
  /** Those among them whose text occurs in it, so that the ids do not agree by chance. */
  readonly sameText: number;
}

/** Letter case and white space differ between copies of a text. */
const plain = (text: string): string => `lower(regexp_replace(trim(${text}), '\\s+', ' ', 'g'))`;

/**
 * Writes `own_documents`, if there are any. Only ids that the data has count. BEIR's evaluation goes by the id alone, and
 * so does `format: beir`; numeric ids of other data often agree by chance, so there the document must contain the text
 * of the query too. A document that is judged relevant is never one to leave out.
 */
export async function writeOwnDocuments(work: Workspace): Promise<OwnDocuments> {
  await work.step(
    'comparing ids',
    `CREATE TABLE own AS
       SELECT query_id, min(doc_id) AS doc_id, bool_or(contains(${plain('o.text')}, ${plain('q.text')})) AS same_text
       FROM staged_queries q JOIN query_ids USING (seq) JOIN occurrences o ON o.name = q.name
       JOIN document_ids ON document_ids.seq = o.seq GROUP BY query_id;
     DELETE FROM own USING corpus.qrels judged
       WHERE judged.query_id = own.query_id AND judged.doc_id = own.doc_id AND relevance > 0;
     ${work.context.params.format === 'beir' ? '' : 'DELETE FROM own WHERE NOT same_text;'}`,
  );
  const [row] = await work.database.rows(
    'SELECT count(*) AS queries, count(*) FILTER (same_text) AS same FROM own',
  );
  const found = { queries: Number(row!['queries']), sameText: Number(row!['same']) };
  if (found.queries > 0)
    await work.step(
      'comparing ids',
      `USE corpus; ${OWN_DOCUMENTS_TABLE}; USE staging;
       INSERT INTO corpus.own_documents SELECT query_id, doc_id FROM own ORDER BY query_id`,
    );
  return found;
}

/** Undefined where the ids agree by chance, if they do: one unrelated document less changes nothing. */
export function identicalIdsWarning({ sameText }: OwnDocuments, queries: number): StageWarning | undefined {
  if (sameText === 0) return undefined;
  return {
    message: `${sameText} of ${queries} queries are documents of the corpus by the same id (identical ids)`,
    cause: 'The queries were taken from the corpus, as in ArguAna and Quora of BEIR.',
    hint: "As in BEIR, `mine`, `train` and `evaluate` leave a query's own document out of its rankings. `pipeline query` does not.",
    parameter: 'ignore_identical_ids',
  };
}
