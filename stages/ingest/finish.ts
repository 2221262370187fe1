/** Writes the tables of a corpus from the staged rows: deduplicated, numbered and in order. Files are read earlier. */
import { drawJudged } from './judged.ts';
import type { Workspace } from './workspace.ts';

export interface Duplicates {
  readonly documents: number;
  readonly qrels: number;
  readonly candidates: number;
}

/**
 * Texts are compared by their 128-bit MD5, so that deduplication needs 24 bytes per document instead of the text.
 * Every INSERT is ordered, so that the tables do not depend on the threads.
 */
export async function writeTables(work: Workspace): Promise<Duplicates> {
  await work.step(
    'deduplicating documents',
    `CREATE TABLE hashes AS SELECT seq, md5_number(text) AS hash FROM occurrences;
     CREATE TABLE survivors AS
       SELECT seq, hash, (row_number() OVER (ORDER BY seq) - 1)::UINTEGER AS doc_id
       FROM (SELECT min(seq) AS seq, hash FROM hashes GROUP BY hash);
     CREATE TABLE document_ids AS SELECT hashes.seq, doc_id FROM hashes JOIN survivors USING (hash);
     CREATE TABLE query_ids AS
       SELECT seq, (row_number() OVER (ORDER BY seq) - 1)::UINTEGER AS query_id,
              coalesce(divided.split, staged_queries.split) AS final_split
       FROM staged_queries LEFT JOIN divided USING (seq)`,
  );
  await drawJudged(work);
  await work.step(
    'writing documents',
    `INSERT INTO corpus.documents
       SELECT doc_id, coalesce(name, doc_id::VARCHAR), text, title
       FROM occurrences JOIN survivors USING (seq) ORDER BY doc_id`,
  );
  await work.step(
    'writing queries',
    `INSERT INTO corpus.queries
       SELECT query_id, coalesce(name, query_id::VARCHAR), final_split, text, type, false
       FROM staged_queries JOIN query_ids USING (seq) ORDER BY query_id`,
  );
  await work.step('writing relevance judgements', `INSERT INTO corpus.qrels ${qrels}`);
  await work.step('writing candidates', `INSERT INTO corpus.candidates ${candidates}`);
  const [row] = await work.database.rows(`
    SELECT (SELECT count(*) FROM hashes) - (SELECT count(*) FROM survivors) AS documents,
           (SELECT count(*) FROM staged_qrels ${JUDGED}) - (SELECT count(*) FROM corpus.qrels) AS qrels,
           (SELECT count(*) FROM staged_candidates ${JUDGED}) - (SELECT count(*) FROM corpus.candidates) AS candidates`);
  return {
    documents: Number(row!['documents']),
    qrels: Number(row!['qrels']),
    candidates: Number(row!['candidates']),
  };
}

/** Leaves out the rows of queries that lose their judgements. */
const JUDGED = `
  WHERE query NOT IN (SELECT seq FROM query_ids JOIN unjudged USING (query_id))`;

/** A pair with several judgements gets the highest relevance. */
const qrels = `
  SELECT query_id, doc_id, max(relevance) FROM staged_qrels
  JOIN query_ids ON query_ids.seq = query JOIN document_ids ON document_ids.seq = document ${JUDGED}
  GROUP BY query_id, doc_id ORDER BY query_id, doc_id`;

/** A document that is listed twice for a query keeps its better position; later ones move up. */
const candidates = `
  SELECT query_id, doc_id, row_number() OVER (PARTITION BY query_id ORDER BY place, doc_id) - 1 AS position
  FROM (
    SELECT query_id, doc_id, min(position) AS place FROM staged_candidates
    JOIN query_ids ON query_ids.seq = query JOIN document_ids ON document_ids.seq = document ${JUDGED}
    GROUP BY query_id, doc_id)
  ORDER BY query_id, position`;
