/**
 * per_query.tsv of a report: a header, then one line a query: its name, some counts, and `system/measure` columns.
 * `rank` columns are positions, where less is better; every other measure is in 0 … 1, and more is better.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';

const FILE = 'per_query.tsv';

export interface PerQuery {
  readonly queries: readonly string[];
  /** `model/mrr@10` → one value a query; a query that has none is left out by NaN. Ranks are not in it. */
  readonly measures: ReadonlyMap<string, Float64Array>;
  /** `model/rank` → from 1; NaN where nothing relevant is listed. */
  readonly ranks: ReadonlyMap<string, Float64Array>;
}

/** Undefined where the artifact has no such file. Throws `E_ARTIFACT` where it cannot be understood. */
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
