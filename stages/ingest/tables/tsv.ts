/**
 * Reads TSV as in retrieval data sets: one row per line, with LF or CRLF, and no quoting, so that a quote is an ordinary
 * character. CSV, with quoting, is in csv.ts.
 */
import { PipelineError } from '../../../src/stage.ts';
import type { Source, Workspace } from '../workspace.ts';
import { chosenColumns, type ChosenColumn } from './columns.ts';
import { eachLine, quoted } from './lines.ts';
import { cellsOf, SCANNED, type Scan } from './scan.ts';

export async function loadTsv(
  work: Workspace,
  { source, columns, header, separator = '\t' }: Scan,
): Promise<void> {
  const table = await work.database.appender(SCANNED);
  const rejects = await work.database.appender('rejects');
  let chosen: readonly ChosenColumn[] | undefined;
  let width = 0;
  await eachLine(work, source, ({ number, text, problem }) => {
    const cells = cellsOf(text ?? '', separator);
    if (!chosen) {
      width = cells.length;
      if (width === 1) refuseOtherSeparator(source, number, text ?? '');
      chosen = chosenColumns(source, columns, header ? cells : cells.map((_, place) => String(place + 1)));
      if (header) return true;
    }
    const wrong = problem ?? shapeProblem(cells.length, width);
    if (wrong !== undefined) rejects.row(source.index, BigInt(number), wrong);
    else {
      const values = chosen.map(({ place }) => cells[place]);
      table.row(
        BigInt(number),
        ...values.map((value) => (value === undefined || value === '' ? null : value)),
        null,
      );
    }
    return true;
  });
  if (!chosen) throw new PipelineError('E_INPUT', `${source.label} is empty`);
  await table.close();
  await rejects.close();
}

/** A line without a tab: the columns are separated by something else. */
function refuseOtherSeparator(source: Source, line: number, text: string): void {
  const other = [';', ',', '|'].find((character) => text.includes(character));
  if (other === undefined && !text.trim().includes(' ')) return;
  const what = other === undefined ? 'spaces' : `'${other}'`;
  throw new PipelineError(
    'E_INPUT',
    `${source.label}, line ${line}: there is no tab in ${quoted(text)}; its columns seem to be separated by ${what}`,
    {
      hint:
        other === undefined
          ? `Replace the spaces between columns by tabs; \`format: beir\` also reads TREC qrels with spaces.`
          : `Name the file .csv and write \`format: csv\`, or separate the columns by tabs.`,
    },
  );
}

function shapeProblem(cells: number, width: number): string | undefined {
  if (cells === width) return undefined;
  return cells < width ? 'too few columns' : 'too many columns';
}
