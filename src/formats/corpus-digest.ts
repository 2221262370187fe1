/**
 * A digest of the content of a corpus database, because the bytes of DuckDB's file depend on threads and timing:
 * SHA-256 over the rows of each table in order. Texts are hashed inside DuckDB, a block of rows at a time, so that memory
 * is bounded; every field is preceded by its length, so that different rows cannot look the same.
 */
import { createHash, type Hash } from 'node:crypto';
import type { CorpusSummary } from './corpus-summary.ts';
import type { Database } from './duckdb.ts';

const BLOCK = 65_536;

const field = (column: string): string => `coalesce(strlen(${column}) || ':' || ${column}, '-')`;

/** Digest of the attached database `catalog`. */
export async function digestOfCorpus(
  database: Database,
  catalog: string,
  { counts, identical_ids }: Pick<CorpusSummary, 'counts' | 'identical_ids'>,
): Promise<string> {
  const hash = createHash('sha256').update('corpus 2\n');
  await texts(database, hash, {
    table: `${catalog}.documents`,
    id: 'doc_id',
    columns: ['name', 'text', 'title'],
    rows: counts.documents,
  });
  await texts(database, hash, {
    table: `${catalog}.queries`,
    id: 'query_id',
    columns: ['name', 'split', 'text', 'query_type', 'synthetic::VARCHAR'],
    rows: counts.queries,
  });
  await numbers(database, hash, `SELECT query_id, doc_id, relevance FROM ${catalog}.qrels`);
  await numbers(database, hash, `SELECT query_id, doc_id, position FROM ${catalog}.candidates`);
  if (identical_ids !== undefined)
    await numbers(database, hash, `SELECT query_id, doc_id FROM ${catalog}.own_documents`);
  return hash.digest('hex');
}

interface TextTable {
  readonly table: string;
  readonly id: string;
  readonly columns: readonly string[];
  readonly rows: number;
}

async function texts(database: Database, hash: Hash, { table, id, columns, rows }: TextTable): Promise<void> {
  hash.update(`${table.split('.').at(-1)} ${rows}\n`);
  const row = columns.map(field).join(' || ');
  for (let start = 0; start < rows; start += BLOCK) {
    const [block] = await database.rows(`
      SELECT sha256(string_agg(digest, '' ORDER BY id)) AS digest FROM (
        SELECT ${id} AS id, sha256(${row}) AS digest FROM ${table}
        WHERE ${id} >= ${start} AND ${id} < ${start + BLOCK})`);
    hash.update(String(block!['digest']));
  }
}

/** The rows as little-endian 32-bit numbers. The database has one writer, which stored them in order. */
async function numbers(database: Database, hash: Hash, sql: string): Promise<void> {
  let rows = 0;
  for await (const chunk of database.stream(sql)) {
    const width = chunk.columnCount;
    const bytes = Buffer.allocUnsafe(4 * width * chunk.rowCount);
    for (let column = 0; column < width; column++) {
      const vector = chunk.getColumnVector(column);
      for (let row = 0; row < chunk.rowCount; row++) {
        bytes.writeUInt32LE((vector.getItem(row) as number) >>> 0, 4 * (row * width + column));
      }
    }
    hash.update(bytes);
    rows += chunk.rowCount;
  }
  hash.update(`\n${rows}\n`);
}
