/** Bad rows: found by SQL, then reported with file and row numbers, or counted and left out. */
import { literal } from '../../src/formats/duckdb.ts';
import { PipelineError } from '../../src/stage.ts';
import { eachLine, quoted } from './tables/lines.ts';
import { encodingOf } from './tables/scan.ts';
import type { Source, Workspace } from './workspace.ts';

/** SQL: the text is NULL or only white space (as in Unicode). */
export const blank = (text: string): string =>
  String.raw`(${text} IS NULL OR NOT regexp_matches(${text}, '[^\s\p{Z}]'))`;

/** SQL: the first problem whose condition holds, or NULL. */
export function firstProblem(problems: readonly (readonly [condition: string, reason: string])[]): string {
  const cases = problems.map(([condition, reason]) => `WHEN ${condition} THEN ${literal(reason)}`);
  return `CASE ${cases.join(' ')} END`;
}

/** Moves the rows with a problem out of a table that has source, row and problem. */
export async function setAside(work: Workspace, table: string): Promise<void> {
  await work.database.run(`
    INSERT INTO rejects SELECT source, row, problem FROM ${table} WHERE problem IS NOT NULL;
    DELETE FROM ${table} WHERE problem IS NOT NULL`);
}

const SHOWN_ROWS = 5;
const SHOWN_PLACES = 6;

/** Counts by reason, most frequent first. @throws PipelineError E_INPUT if there are any and `on_error` is `fail` */
export async function settleRejects(work: Workspace): Promise<Record<string, number>> {
  const counts = await work.database.rows(
    'SELECT reason, count(*) AS n FROM rejects GROUP BY reason ORDER BY n DESC, reason',
  );
  const reasons = Object.fromEntries(counts.map((row) => [String(row['reason']), Number(row['n'])]));
  if (counts.length === 0 || work.context.params.on_error === 'skip') return reasons;
  const total = Object.values(reasons).reduce((sum, n) => sum + n, 0);
  const summary = Object.entries(reasons).map(([reason, n]) => `${n} × ${reason}`);
  throw new PipelineError(
    'E_INPUT',
    [`${total} bad ${total === 1 ? 'row' : 'rows'}: ${summary.join(', ')}`, ...(await places(work))].join(
      '\n',
    ),
    { hint: 'Fix the data, or write `on_error: skip` to leave these rows out.' },
  );
}

/** `train.jsonl row 3, 17: query empty`, for the first files and reasons; of lines with the text of the first. */
async function places(work: Workspace): Promise<string[]> {
  const found = await work.database.rows(`
    SELECT source, reason, count(*) AS n, array_to_string(min(row, ${SHOWN_ROWS}), ', ') AS first, min(row) AS place
    FROM rejects GROUP BY source, reason ORDER BY source, min(row), reason LIMIT ${SHOWN_PLACES}`);
  const shown: string[] = [];
  for (const row of found) {
    const source = work.sources[Number(row['source'])]!;
    const isLine = rowsAreLines(work, source);
    const more = Number(row['n']) > SHOWN_ROWS ? ', …' : '';
    const place = `  ${source.label} ${isLine ? 'line' : 'row'} ${String(row['first'])}${more}: ${String(row['reason'])}`;
    const text = isLine ? await lineAt(work, source, Number(row['place'])) : undefined;
    shown.push(text === undefined ? place : `${place}: ${quoted(text)}`);
  }
  return shown;
}

/** If rows are lines, blank lines count. In a SQuAD file, paragraphs and questions are counted separately. */
function rowsAreLines(work: Workspace, { label }: Source): boolean {
  const { format } = work.context.params;
  if (format === 'beir') return true;
  const encoding = encodingOf(label);
  return format !== 'squad' && (encoding === 'jsonl' || encoding === 'tsv');
}

async function lineAt(work: Workspace, source: Source, wanted: number): Promise<string | undefined> {
  let found: string | undefined;
  await eachLine(work, source, ({ number, text }) => {
    if (number === wanted) found = text ?? undefined;
    return number < wanted;
  });
  return found;
}
