/**
 * per_query.tsv of a report: a header, then one line per query with its name, some counts, and `system/measure`
 * columns. `rank` columns are positions, where lower is better; all other measures are in 0 … 1, higher is better.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineError } from '../base/diagnostic.ts';

const FILE = 'per_query.tsv';

export interface PerQuery {
  readonly queries: readonly string[];
  /** `model/mrr@10` → one value per query; NaN for a query without a value. Does not include ranks. */
  readonly measures: ReadonlyMap<string, Float64Array>;
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
  const measures = names.flatMap((name, column) => {
    if (!name.includes('/') || name.split('/').at(-1) === 'rank') return [];
    const values = Float64Array.from(rows, (row) => (row[column] === '' ? NaN : Number(row[column])));
    return [[name, values] as const];
  });
  return { queries: rows.map((row) => row[0]!), measures: new Map(measures) };
}
