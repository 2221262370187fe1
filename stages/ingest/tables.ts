/** Reads columns of a table by name, whichever way the table is written, as texts. */
import { nearest } from '../../src/base/nearest.ts';
import { identifier, literal } from '../../src/formats/duckdb.ts';
import { PipelineError } from '../../src/stage.ts';
import type { Column } from './params.ts';
import { compressionOf, jsonLines, parquetRows, type Encoding } from './scan.ts';
import { unreadable, type Source, type Workspace } from './workspace.ts';

export interface Scan {
  readonly source: Source;
  readonly encoding: Encoding;
  /** tsv and csv: whether the first line names the columns. */
  readonly header: boolean;
  /** Name in the result → the file's column; undefined ones are NULL. */
  readonly columns: Readonly<Record<string, Column | undefined>>;
  /** Of these, the ones that must be strings where the file has types. */
  readonly texts: readonly string[];
}

/**
 * A SELECT of row, every column as VARCHAR, and shape_problem: what is wrong with the row as such.
 * Lines of tsv and csv files that do not fit the columns are kept by DuckDB for `collectRejects`.
 */
export async function scanTable(work: Workspace, scan: Scan): Promise<string> {
  switch (scan.encoding) {
    case 'jsonl':
      return scanJson(scan);
    case 'parquet':
      return await scanParquet(work, scan);
    case 'tsv':
    case 'csv':
      return await scanText(work, scan);
  }
}

function scanJson({ source, columns, texts }: Scan): string {
  const path = (column: Column): string => literal(`$."${String(column)}"`);
  const wrong = texts.flatMap((name) => {
    const column = columns[name];
    if (column === undefined) return [];
    const is = `json_type(json, ${path(column)})`;
    return [`WHEN ${is} NOT IN ('VARCHAR', 'NULL') THEN ${literal(`${name} is not a string`)}`];
  });
  const values = Object.entries(columns).map(([name, column]) =>
    column === undefined ? `NULL::VARCHAR AS ${name}` : `json->>${path(column)} AS ${name}`,
  );
  return `
    SELECT row, ${values.join(', ')},
           CASE WHEN json IS NULL THEN 'malformed JSON' WHEN json_type(json) <> 'OBJECT' THEN 'not a JSON object'
                ${wrong.join(' ')} END AS shape_problem
    FROM (${jsonLines(source)})`;
}

async function scanParquet(work: Workspace, { source, columns }: Scan): Promise<string> {
  const described = await work.database
    .rows(`SELECT column_name AS name FROM (DESCRIBE SELECT * FROM ${parquetRows(source)})`)
    .catch((error: unknown) => {
      throw unreadable(source, error);
    });
  const names = described.map((row) => String(row['name'])).filter((name) => name !== 'file_row_number');
  return `SELECT file_row_number + 1 AS row, ${selected(source, columns, names)} FROM ${parquetRows(source)}`;
}

async function scanText(work: Workspace, scan: Scan): Promise<string> {
  const { source, columns, header } = scan;
  const names = await columnsOfText(work, scan);
  // Every property is given, because DuckDB's guesses depend on the rows that it samples.
  const options = [
    'auto_detect = false',
    `header = ${header}`,
    `columns = {${names.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ')}}`,
    `compression = ${literal(compressionOf(source.label))}`,
    ...dialect(scan.encoding),
    'store_rejects = true',
    'rejects_limit = 0',
  ];
  return `SELECT row_number() OVER () AS row, ${selected(source, columns, names)}
    FROM read_csv(${literal(source.path)}, ${options.join(', ')})`;
}

/** TSV as retrieval data sets write it has no quoting: a quote is a character like others. */
function dialect(encoding: Encoding): string[] {
  return encoding === 'tsv'
    ? [`delim = '\t'`, `quote = ''`, `escape = ''`]
    : [`delim = ','`, `quote = '"'`, `escape = '"'`];
}

/** Names of the columns, from the first line; `1`, `2` … without a header. */
async function columnsOfText(work: Workspace, { source, encoding, header }: Scan): Promise<string[]> {
  const [first] = await work.database
    .rows(
      `SELECT line FROM read_csv(${literal(source.path)}, auto_detect = false, header = false, delim = '\x1f',
        quote = '', escape = '', columns = {'line': 'VARCHAR'},
        compression = ${literal(compressionOf(source.label))}) LIMIT 1`,
    )
    .catch((error: unknown) => {
      throw unreadable(source, error);
    });
  if (!first) throw new PipelineError('E_INPUT', `${source.label} is empty`);
  const line = String(first['line'] ?? '').replace(/^\ufeff/, '');
  const cells = encoding === 'tsv' ? line.split('\t') : cellsOfCsv(line);
  return header ? cells : cells.map((_, index) => String(index + 1));
}

function cellsOfCsv(line: string): string[] {
  const cells = line.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^,]*)/g) ?? [];
  return cells.map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
}

function selected(source: Source, columns: Scan['columns'], names: readonly string[]): string {
  const values = Object.entries(columns).map(([name, column]) =>
    column === undefined
      ? `NULL::VARCHAR AS ${name}`
      : `${identifier(existing(source, String(column), names))}::VARCHAR AS ${name}`,
  );
  return `${values.join(', ')}, NULL::VARCHAR AS shape_problem`;
}

function existing(source: Source, column: string, names: readonly string[]): string {
  if (names.includes(column)) return column;
  const meant = nearest(column, names);
  throw new PipelineError(
    'E_INPUT',
    `${source.label} has no column '${column}'; it has ${names.join(', ')}`,
    {
      hint: meant === undefined ? undefined : `did you mean '${meant}'?`,
    },
  );
}

/** After a scan of a tsv or csv file: its lines that did not fit, by line number less the header. */
export async function collectRejects(work: Workspace, { source, header }: Scan): Promise<void> {
  await work.database.run(`
    INSERT INTO rejects
      SELECT DISTINCT ${source.index}, line - ${header ? 1 : 0}, CASE error_type
        WHEN 'MISSING COLUMNS' THEN 'too few columns' WHEN 'TOO MANY COLUMNS' THEN 'too many columns'
        WHEN 'UNQUOTED VALUE' THEN 'stray quote' WHEN 'INVALID ENCODING' THEN 'not UTF-8'
        WHEN 'LINE SIZE OVER MAXIMUM' THEN 'line over two megabytes' ELSE 'malformed line' END
      FROM reject_errors;
    DROP TABLE reject_errors; DROP TABLE reject_scans`);
}
