/**
 * The `report` artifact: how well the model finds relevant documents, next to other systems (docs/EVALUATION.md).
 *
 * - `report.md`: for reading.
 * - `metrics.json`: every figure: `systems`, `comparisons`, `query_types`, `seeds`.
 * - `per_query.tsv`: a header, then one line a query: `query` (its name), `relevant` and `candidates` (how many it
 *   has), then `system/measure` columns. `rank` is the position of the first relevant document, from 1, where less is
 *   better; every other measure is in 0 … 1, and more is better. An empty field: the query has no such value.
 * - `fusion.json`: how the model and BM25 were fused: `fusion` (method, weight, k), `normalisation`, `depth` of the lists,
 *   `bm25`, how words are scored (`k1`, `b`, and `idf_power` if it is 2), and `chosen`, what the choice rests on. Absent
 *   without a fusion.
 * - `runs/SYSTEM.trec` and `qrels.trec`: ranked lists and judgements in TREC's formats, below.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';

const FILE = 'per_query.tsv';

export interface PerQuery {
  readonly queries: readonly string[];
  /** `model/mrr@10` → one value per query; NaN for a query without a value. Does not include ranks. */
  readonly measures: ReadonlyMap<string, Float64Array>;
  /** `model/rank` → from 1; NaN where nothing relevant is listed. */
  readonly ranks: ReadonlyMap<string, Float64Array>;
}

/** Undefined if the artifact has no such file. Throws `E_ARTIFACT` if the file is malformed. */
export function readPerQuery(folder: string): PerQuery | undefined {
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  const [header = '', ...lines] = readFileSync(path, 'utf8').replace(/\n$/, '').split('\n');
  const names = header.split('\t');
  if (names[0] !== 'query')
    throw new PipelineError('E_ARTIFACT', `${path} does not begin with a 'query' column`);
  const rows = lines.map((line) => line.split('\t'));
  const torn = rows.findIndex((row) => row.length !== names.length);
  if (torn !== -1)
    throw new PipelineError(
      'E_ARTIFACT',
      `${path}:${torn + 2}: ${rows[torn]!.length} columns instead of ${names.length}`,
    );
  const columns = names.flatMap((name, column) => {
    if (!name.includes('/')) return [];
    const values = Float64Array.from(rows, (row) => (row[column] === '' ? NaN : Number(row[column])));
    return [[name, values] as const];
  });
  const isRank = ([name]: readonly [string, unknown]): boolean => name.endsWith('/rank');
  return {
    queries: rows.map((row) => row[0]!),
    measures: new Map(columns.filter((column) => !isRank(column))),
    ranks: new Map(columns.filter(isRank)),
  };
}
