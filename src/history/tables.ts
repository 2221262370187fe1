/** The recorded runs as tables for SQL, created from the records when a statement mentions them. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { literal, type Database } from '../formats/duckdb.ts';
import type { Json } from '../base/json.ts';
import type { StoreLayout } from '../store/layout.ts';
import { readHistory } from './run-index.ts';
import { allNotes, NO_NOTES } from './notes.ts';
import { readRunRecord } from './record.ts';
import type { Scalar } from './values.ts';

/** May have more or fewer members than the table has columns. */
type Row = Readonly<Record<string, Json | undefined>>;

interface Table {
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: (layout: StoreLayout) => Iterable<Row>;
}

/** A value as text, and also as a number if it is one. */
function typed(value: Scalar): { readonly value: string | null; readonly number: number | null } {
  return { value: value === null ? null : String(value), number: typeof value === 'number' ? value : null };
}

/** Name → columns with their DuckDB types, and the source of the rows. */
export const TABLES: Readonly<Record<string, Table>> = {
  runs: {
    columns: {
      id: 'VARCHAR',
      spec: 'VARCHAR',
      file: 'VARCHAR',
      started: 'TIMESTAMPTZ',
      seconds: 'DOUBLE',
      outcome: 'VARCHAR',
      executed: 'INTEGER',
      cached: 'INTEGER',
      failed: 'INTEGER',
      skipped: 'INTEGER',
      warnings: 'INTEGER',
      engine: 'VARCHAR',
      result: 'VARCHAR',
      tags: 'VARCHAR[]',
      note: 'VARCHAR',
      version: 'VARCHAR',
      node: 'VARCHAR',
      platform: 'VARCHAR',
      cpu: 'VARCHAR',
      threads: 'INTEGER',
    },
    *rows(layout) {
      const notes = allNotes(layout);
      for (const entry of readHistory(layout).entries) {
        const { tags, note } = notes.get(entry.id) ?? NO_NOTES;
        yield { ...entry, tags, note };
      }
    },
  },
  params: {
    columns: { run: 'VARCHAR', name: 'VARCHAR', value: 'VARCHAR', number: 'DOUBLE' },
    *rows(layout) {
      for (const { id, params } of readHistory(layout).entries)
        for (const [name, value] of Object.entries(params)) yield { run: id, name, ...typed(value) };
    },
  },
  metrics: {
    columns: { run: 'VARCHAR', stage: 'VARCHAR', name: 'VARCHAR', value: 'VARCHAR', number: 'DOUBLE' },
    *rows(layout) {
      for (const { id, metrics } of readHistory(layout).entries)
        for (const [path, value] of Object.entries(metrics)) {
          const dot = path.indexOf('.');
          yield { run: id, stage: path.slice(0, dot), name: path.slice(dot + 1), ...typed(value) };
        }
    },
  },
  stages: {
    columns: {
      run: 'VARCHAR',
      stage: 'VARCHAR',
      kind: 'VARCHAR',
      state: 'VARCHAR',
      key: 'VARCHAR',
      digest: 'VARCHAR',
      seconds: 'DOUBLE',
      headline: 'VARCHAR',
      error: 'VARCHAR',
      warnings: 'INTEGER',
    },
    *rows(layout) {
      for (const { id } of readHistory(layout).entries) {
        const stages = readRunRecord(layout, id)?.stages ?? {};
        for (const [stage, record] of Object.entries(stages)) {
          const { warnings = [], ...rest } = record;
          yield { run: id, stage, ...rest, warnings: warnings.length };
        }
      }
    },
  },
};

/** Creates each table whose name occurs in the statement; `scratch` is an empty folder for their rows. */
export async function createTables(
  database: Database,
  layout: StoreLayout,
  statement: string,
  scratch: string,
): Promise<void> {
  for (const [name, table] of Object.entries(TABLES)) {
    if (!new RegExp(`\\b${name}\\b`, 'i').test(statement)) continue;
    const file = join(scratch, `${name}.ndjson`);
    const columns = Object.entries(table.columns).map(([column, type]) => `${column}: ${literal(type)}`);
    writeRows(file, Object.keys(table.columns), table.rows(layout));
    await database.run(
      `CREATE TABLE ${name} AS SELECT * FROM read_json(${literal(file)}, format = 'newline_delimited', ` +
        `columns = {${columns.join(', ')}})`,
    );
  }
}

/** Rows are written in pieces, because the metrics of ten thousand runs may not fit in one string. */
const PIECE = 1 << 20;

function writeRows(file: string, columns: readonly string[], rows: Iterable<Row>): void {
  const descriptor = openSync(file, 'wx');
  try {
    let text = '';
    for (const row of rows) {
      text += `${JSON.stringify(row, [...columns])}\n`;
      if (text.length < PIECE) continue;
      writeSync(descriptor, text);
      text = '';
    }
    writeSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
