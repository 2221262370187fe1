/** Reads columns of a table by name, as text, from any encoding. Each encoding but Parquet has a file of its own. */
import { identifier } from '../../../src/formats/duckdb.ts';
import { unreadable, type Workspace } from '../workspace.ts';
import { loadCsv } from './csv.ts';
import { chosenColumns } from './columns.ts';
import { loadJsonLines } from './json-lines.ts';
import { parquetRows, SCANNED, type Scan } from './scan.ts';
import { loadTsv } from './tsv.ts';

/**
 * Calls `insert` with a SELECT of row, every column as VARCHAR, and shape_problem, a problem with the types of the row.
 * Malformed rows go to the rejects.
 */
export async function stage(work: Workspace, scan: Scan, insert: (rows: string) => string): Promise<void> {
  if (scan.encoding === 'parquet') {
    await work.read(scan.source, insert(await scanParquet(work, scan)));
    return;
  }
  const columns = Object.keys(scan.columns).map((name) => `${name} VARCHAR`);
  await work.database.run(
    `CREATE OR REPLACE TABLE ${SCANNED} (row UBIGINT, ${columns.join(', ')}, shape_problem VARCHAR)`,
  );
  const loaders = { jsonl: loadJsonLines, tsv: loadTsv, csv: loadCsv };
  await loaders[scan.encoding](work, scan);
  await work.step(
    `staging ${scan.source.label}`,
    `${insert(`SELECT * FROM ${SCANNED}`)}; DROP TABLE ${SCANNED}`,
  );
}

async function scanParquet(work: Workspace, { source, columns, texts }: Scan): Promise<string> {
  const described = await work.database
    .rows(
      `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM ${parquetRows(source)})`,
    )
    .catch((error: unknown) => {
      throw unreadable(source, error);
    });
  const types = new Map(described.map((row) => [String(row['name']), String(row['type'])]));
  types.delete('file_row_number');
  const chosen = chosenColumns(source, columns, [...types.keys()]);
  const values = chosen.map(({ name, column }) =>
    column === undefined ? `NULL::VARCHAR AS ${name}` : `${identifier(column)}::VARCHAR AS ${name}`,
  );
  // A column has one type, so that either all its rows are wrong or none.
  const wrong = chosen.find(
    ({ name, column }) => column !== undefined && texts.includes(name) && types.get(column) !== 'VARCHAR',
  );
  const problem = wrong ? `'${wrong.name} is not a string'` : 'NULL::VARCHAR';
  return `SELECT file_row_number + 1 AS row, ${values.join(', ')}, ${problem} AS shape_problem
    FROM ${parquetRows(source)}`;
}
