/** Reads CSV (RFC 4180) with DuckDB. TSV, which has no quoting, is in tsv.ts. */
import { exactPath, identifier, literal } from '../../../src/formats/duckdb.ts';
import { PipelineError } from '../../../src/stage.ts';
import type { Source, Workspace } from '../workspace.ts';
import { chosenColumns } from './columns.ts';
import { firstLine, refuseCutOff } from './lines.ts';
import { compressionOf, SCANNED, type Scan } from './scan.ts';

export async function loadCsv(work: Workspace, { source, columns, header }: Scan): Promise<void> {
  const { names, delimiter } = await columnNames(work, source, header);
  const chosen = chosenColumns(source, columns, names);
  await refuseCutOff(work, source);
  const values = chosen.map(({ place }) => (place < 0 ? 'NULL' : identifier(`c${place}`)));
  // All options are explicit, because DuckDB's detection depends on the rows that it samples.
  const options = [
    'auto_detect = false',
    `header = ${header}`,
    `columns = {${names.map((_, place) => `'c${place}': 'VARCHAR'`).join(', ')}}`,
    `compression = ${literal(compressionOf(source.label))}`,
    `delim = ${literal(delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    'store_rejects = true',
    'rejects_limit = 0',
  ];
  await work.read(
    source,
    `INSERT INTO ${SCANNED} SELECT row_number() OVER (), ${values.join(', ')}, NULL
     FROM read_csv(${literal(exactPath(source.path))}, ${options.join(', ')})`,
  );
  await collectRejects(work, source, header);
}

interface FirstLine {
  readonly names: string[];
  readonly delimiter: string;
}

/** The names of the columns, from the first line; `1`, `2` … without a header. */
async function columnNames(work: Workspace, source: Source, header: boolean): Promise<FirstLine> {
  const first = await firstLine(work, source);
  if (!first) throw new PipelineError('E_INPUT', `${source.label} is empty`);
  if (first.text === null)
    throw new PipelineError('E_INPUT', `${source.label}, first line: ${first.problem!}`);
  const line = first.text.replace(/\r$/, '');
  const delimiter = delimiterOf(line);
  const cells = csvCells(line, delimiter);
  return { names: header ? cells : cells.map((_, place) => String(place + 1)), delimiter };
}

/** Spreadsheets write semicolons where the comma is the decimal sign. */
function delimiterOf(line: string): string {
  return [',', ';', '\t', '|'].find((delimiter) => csvCells(line, delimiter).length > 1) ?? ',';
}

function csvCells(line: string, delimiter: string): string[] {
  const cell = new RegExp(`(?<=^|\\${delimiter})(?:"(?:[^"]|"")*"|[^\\${delimiter}]*)`, 'g');
  const cells = line.match(cell) ?? [];
  return cells.map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
}

/**
 * Collects the lines that DuckDB rejected. DuckDB numbers rejected lines with the header included, and numbers later
 * rows as if the rejected lines were not there; both are corrected.
 */
async function collectRejects(work: Workspace, source: Source, header: boolean): Promise<void> {
  await work.database.run(`
    CREATE TEMP TABLE refused AS
      SELECT line - ${header ? 1 : 0} AS row, min(error_type) AS error, row_number() OVER (ORDER BY line) AS place
      FROM reject_errors GROUP BY line;
    INSERT INTO rejects
      SELECT ${source.index}, row, CASE error
        WHEN 'MISSING COLUMNS' THEN 'too few columns' WHEN 'TOO MANY COLUMNS' THEN 'too many columns'
        WHEN 'UNQUOTED VALUE' THEN 'stray quote' WHEN 'INVALID ENCODING' THEN 'not UTF-8'
        WHEN 'LINE SIZE OVER MAXIMUM' THEN 'line over two megabytes' ELSE 'malformed line' END
      FROM refused ORDER BY row;
    UPDATE ${SCANNED} SET row = shifted.row FROM (
      SELECT ${SCANNED}.row AS old, ${SCANNED}.row + refused.place AS row
      FROM ${SCANNED} ASOF JOIN (
        SELECT row - place + 1 AS from_row, max(place) AS place FROM refused GROUP BY from_row
      ) AS refused ON ${SCANNED}.row >= refused.from_row) AS shifted
      WHERE ${SCANNED}.row = shifted.old;
    DROP TABLE refused; DROP TABLE reject_errors; DROP TABLE reject_scans`);
}
