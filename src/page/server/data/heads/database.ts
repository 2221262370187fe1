/** The first rows of tables that DuckDB reads: its own databases, and Parquet. */
import { literal, openDatabase, type Database } from '../../../../formats/duckdb.ts';
import type { Json } from '../../../../base/json.ts';
import type { TableHead } from '../../../views/artifact-view.ts';
import type { Beginning, Head } from './beginning.ts';

const MOST_ROWS = 50;
const LONGEST_CELL = 500;

export async function duckdbHead({ path }: Beginning): Promise<Head> {
  const database = await openDatabase(path, { readOnly: true, threads: 1 });
  try {
    const names = await database.rows('SELECT table_name FROM duckdb_tables() ORDER BY table_name');
    const tables: TableHead[] = [];
    for (const { table_name: name } of names) {
      const table = `"${String(name).replaceAll('"', '""')}"`;
      tables.push(await tableHead(database, String(name), table));
    }
    return headOf(tables);
  } finally {
    database.close();
  }
}

export async function parquetHead({ path }: Beginning): Promise<Head> {
  const database = await openDatabase(':memory:', { threads: 1 });
  try {
    return headOf([await tableHead(database, null, `read_parquet(${literal(path)})`)]);
  } finally {
    database.close();
  }
}

async function tableHead(database: Database, name: string | null, from: string): Promise<TableHead> {
  const [counted] = await database.rows(`SELECT count(*) AS n FROM ${from}`);
  const { columns, rows } = await database.table(`SELECT * FROM ${from} LIMIT ${MOST_ROWS}`);
  return { name, columns, rows: rows.map((row) => row.map(cellText)), total: Number(counted!['n']) };
}

function headOf(tables: readonly TableHead[]): Head {
  const isCut = tables.some(({ rows, total }) => total !== null && rows.length < total);
  return {
    content: { type: 'table', tables },
    left: isCut ? `The first ${MOST_ROWS} rows of each table.` : null,
  };
}

function cellText(value: Json): string {
  const text = value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)} …` : text;
}
