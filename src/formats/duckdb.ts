/** DuckDB as this project uses it: bounded memory, no extensions from the network, quoting of names and strings. */
import type { Json } from '../base/json.ts';
import {
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBType,
} from '@duckdb/node-api';

export type SqlValue = number | bigint | string | boolean | null;

export interface SqlTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
}

export interface Database {
  /** Runs statements and discards their rows. */
  run(sql: string): Promise<void>;
  /** All rows of a small result. */
  rows(sql: string): Promise<Record<string, SqlValue>[]>;
  /** A result with its columns in order and every value as JSON. */
  table(sql: string): Promise<SqlTable>;
  /** Chunks of at most 2,048 rows, on a separate connection, so that several results can be read at once. */
  stream(sql: string): AsyncGenerator<DuckDBDataChunk, void>;
  /** Adds rows to a table in the order given; faster than INSERT, and needs no quoting. */
  appender(table: string): Promise<Appender>;
  /** Stops the statement that `run` or `rows` waits for; it fails with an "Interrupted" error. */
  interrupt(): void;
  /** Percentage of the running statement that is done; negative if unknown. */
  percentage(): number;
  close(): void;
}

/** The rows are committed when the appender is closed, and lost if it is not. */
export interface Appender {
  row(...values: readonly SqlValue[]): void;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly readOnly?: boolean;
  readonly threads?: number;
  /** Memory limit; DuckDB spills to `scratch` beyond it. */
  readonly memoryMegabytes?: number;
  /** Folder for data that does not fit in memory; without it, DuckDB does not spill. */
  readonly scratch?: string;
}

/** Opens a database file, or an in-memory database for `:memory:`. */
export async function openDatabase(path: string, options: DatabaseOptions = {}): Promise<Database> {
  const instance = await DuckDBInstance.create(path, {
    access_mode: options.readOnly ? 'READ_ONLY' : 'AUTOMATIC',
    threads: String(options.threads ?? 1),
    memory_limit: `${options.memoryMegabytes ?? 256}MB`,
    temp_directory: options.scratch ?? '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const connection = await instance.connect();
  return {
    run: async (sql) => {
      await connection.run(sql);
    },
    rows: async (sql) => {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjects() as Record<string, SqlValue>[];
    },
    table: async (sql) => {
      const reader = await connection.runAndReadAll(sql);
      return { columns: reader.columnNames(), rows: reader.getRowsJson() };
    },
    stream: (sql) => streamChunks(instance, sql),
    appender: async (table) => appendRows(await instance.connect(), table),
    interrupt: () => {
      connection.interrupt();
    },
    percentage: () => connection.progress.percentage,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function* streamChunks(instance: DuckDBInstance, sql: string): AsyncGenerator<DuckDBDataChunk, void> {
  const connection: DuckDBConnection = await instance.connect();
  try {
    const result = await connection.stream(sql);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return;
      yield chunk;
    }
  } finally {
    connection.closeSync();
  }
}

const VECTOR = 2_048;
/** DuckDB's own appender buffers 204,800 rows, however long they are. */
const FLUSH_CHARACTERS = 8 << 20;

async function appendRows(connection: DuckDBConnection, table: string): Promise<Appender> {
  await connection.run('BEGIN TRANSACTION');
  const appender = await connection.createAppender(table);
  const types = Array.from({ length: appender.columnCount }, (_, column) => appender.columnType(column));
  let columns: SqlValue[][] = types.map(() => []);
  let characters = 0;
  const flush = (): void => {
    appendColumns(appender, types, columns);
    columns = types.map(() => []);
    if (characters < FLUSH_CHARACTERS) return;
    appender.flushSync();
    characters = 0;
  };
  return {
    row: (...values) => {
      for (let column = 0; column < types.length; column++) {
        const value = values[column]!;
        if (typeof value === 'string') characters += value.length;
        columns[column]!.push(value);
      }
      if (columns[0]!.length === VECTOR || characters >= FLUSH_CHARACTERS) flush();
    },
    close: async () => {
      flush();
      appender.closeSync();
      await connection.run('COMMIT');
      connection.closeSync();
    },
  };
}

function appendColumns(
  appender: DuckDBAppender,
  types: readonly DuckDBType[],
  columns: readonly SqlValue[][],
): void {
  const rows = columns[0]!.length;
  if (rows === 0) return;
  const chunk = DuckDBDataChunk.create(types, rows);
  chunk.setColumns(columns);
  appender.appendDataChunk(chunk);
}

/** Copies an integer column without NULLs into `target`, starting at `offset`. */
export function copyIntegers(
  chunk: DuckDBDataChunk,
  column: number,
  target: Uint32Array | Int32Array,
  offset: number,
): void {
  const vector = chunk.getColumnVector(column);
  for (let row = 0; row < chunk.rowCount; row++) target[offset + row] = vector.getItem(row) as number;
}

/** A VARCHAR column without NULLs. */
export function strings(chunk: DuckDBDataChunk, column: number): string[] {
  return chunk.getColumnValues(column) as string[];
}

/** A string as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A file's path as DuckDB's readers take it: they expand wildcards, which a file's own name may contain. */
export function exactPath(path: string): string {
  return path.replace(/[*?[]/g, '[$&]');
}
