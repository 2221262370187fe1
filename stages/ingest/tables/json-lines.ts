/** Reads JSON Lines as a table: one object per line, whose members are the columns. */
import { PipelineError } from '../../../src/stage.ts';
import type { Source, Workspace } from '../workspace.ts';
import { missingColumn } from './columns.ts';
import { eachLine } from './lines.ts';
import { SCANNED, type Scan } from './scan.ts';
import { isProblem, parseRecord, scalarText, type JsonRecord, type Problem } from './values.ts';

/** Calls `visit` for each line that is not blank until it returns false. Other JSON is refused by its first lines. */
export async function eachJsonLine(
  work: Workspace,
  source: Source,
  visit: (number: number, record: JsonRecord | Problem) => boolean,
): Promise<void> {
  let first: string | undefined;
  let second = false;
  await eachLine(work, source, ({ number, text, problem }) => {
    const start = text?.trimStart() ?? '';
    if (first === undefined) first = start.trimEnd();
    else if (!second) {
      second = true;
      if (first === '{' && !start.startsWith('{'))
        throw otherJson(source, 'one JSON object over several lines');
    }
    if (first.startsWith('[')) throw otherJson(source, 'a JSON array');
    return visit(number, text === null ? { problem: problem! } : parseRecord(text));
  });
}

function otherJson(source: Source, what: string): PipelineError {
  const filter = what.includes('array') ? '.[]' : '.';
  return new PipelineError('E_INPUT', `${source.label}, line 1: this is ${what}, not JSON Lines`, {
    hint: `Write one object on each line, for example with \`jq -c '${filter}' ${source.label}\`.`,
  });
}

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
  await eachJsonLine(work, source, (number, record) => {
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
