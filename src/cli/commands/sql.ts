import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import type { Json } from '../../base/json.ts';
import { openDatabase, type SqlTable } from '../../formats/duckdb.ts';
import { createTables, TABLES } from '../../history/tables.ts';
import { printJson, printResult, styleFor, useColor } from '../render/output.ts';
import { openStore } from '../../session.ts';
import { table, type Alignment } from '../render/text.ts';

export interface SqlOptions {
  readonly store?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** `pipeline sql`: queries the recorded runs with SQL. */
export async function sqlCommand(statement: string, options: SqlOptions): Promise<number> {
  if (options.json && options.csv) throw new PipelineError('E_USAGE', '--json and --csv cannot be combined');
  const layout = openStore(options);
  const scratch = mkdtempSync(join(tmpdir(), 'pipeline-sql-'));
  try {
    const database = await openDatabase(':memory:', { threads: 2, memoryMegabytes: 1024, scratch });
    try {
      await database.run("SET TimeZone = 'UTC'");
      await createTables(database, layout, statement, scratch);
      print(await ask(database.table(statement)), options);
    } finally {
      database.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return 0;
}

async function ask(result: Promise<SqlTable>): Promise<SqlTable> {
  try {
    return await result;
  } catch (error) {
    const tables = Object.entries(TABLES).map(
      ([name, { columns }]) => `${name}(${Object.keys(columns).join(', ')})`,
    );
    throw new PipelineError(
      'E_USAGE',
      (error as Error).message.trim().replace(/^[A-Z][A-Za-z ]* Error: /, ''),
      {
        hint: `The tables are ${tables.join(', ')}.`,
      },
    );
  }
}

function print({ columns, rows }: SqlTable, options: SqlOptions): void {
  if (options.json)
    printJson(rows.map((row) => Object.fromEntries(columns.map((name, column) => [name, row[column]]))));
  else if (options.csv)
    printResult([columns, ...rows].map((row) => row.map(csvField).join(',')).join('\r\n'));
  else {
    const cells = rows.map((row) => row.map(text));
    const alignment = columns.map((_, column): Alignment =>
      rows.some((row) => typeof row[column] === 'number') ? 'right' : 'left',
    );
    const [header, ...lines] = table([columns, ...cells], alignment).split('\n');
    const style = styleFor(useColor('stdout'));
    printResult([style.dim(header ?? ''), ...lines].join('\n'));
  }
}

function text(value: Json): string {
  if (value === null) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value).replace(/\s*\n\s*/g, ' ');
}

/** RFC 4180; NULL is an empty field. */
function csvField(value: Json): string {
  if (value === null) return '';
  const field = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
