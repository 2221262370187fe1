/** Reads JSON Lines as a table: one object per line, whose members are the columns. */
import type { Workspace } from '../workspace.ts';
import { missingColumn } from './columns.ts';
import { eachLine } from './lines.ts';
import { SCANNED, type Scan } from './scan.ts';
import { isProblem, parseRecord, scalarText, type JsonRecord } from './values.ts';

/** Blank lines are skipped. */
export async function loadJsonLines(work: Workspace, scan: Scan): Promise<void> {
  const { source } = scan;
  const table = await work.database.appender(SCANNED);
  const rejects = await work.database.appender('rejects');
  const columns = Object.entries(scan.columns).map(([name, column]) => ({ name, key: column?.toString() }));
  const absent = new Set(
    columns.flatMap(({ name, key }) => (key === undefined || scan.optional?.includes(name) ? [] : [key])),
  );
  let first: JsonRecord | undefined;
  await eachLine(work, source, ({ number, text, problem }) => {
    const record = text === null ? { problem: problem! } : parseRecord(text);
    if (isProblem(record)) {
      rejects.row(source.index, BigInt(number), record.problem);
      return true;
    }
    first ??= record;
    for (const key of absent) if (key in record) absent.delete(key);
    const values = columns.map(({ key }) => (key === undefined ? null : record[key]));
    const texts = values.map((value) => scalarText(value) ?? null);
    table.row(BigInt(number), ...texts, shapeProblem(columns, values, scan.texts) ?? null);
    return true;
  });
  const missing = [...absent][0];
  if (first && missing !== undefined) throw missingColumn(source, missing, Object.keys(first));
  await table.close();
  await rejects.close();
}

function shapeProblem(
  columns: readonly { readonly name: string }[],
  values: readonly unknown[],
  texts: readonly string[],
): string | undefined {
  for (const [place, { name }] of columns.entries()) {
    const value = values[place];
    if (texts.includes(name) && typeof value !== 'string' && value !== null && value !== undefined)
      return `${name} is not a string`;
    if (scalarText(value) === undefined) return `${name} is neither a string nor an exact number`;
  }
  return undefined;
}
