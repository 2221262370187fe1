/** The columns that a spec names, found in what a file has. */
import { nearest } from '../../../src/base/nearest.ts';
import { PipelineError } from '../../../src/stage.ts';
import type { Column } from '../parameters.ts';
import type { Source } from '../workspace.ts';

export interface ChosenColumn {
  /** What the stage calls it. */
  readonly name: string;
  /** What the file calls it; undefined where nothing is taken. */
  readonly column: string | undefined;
  /** Its place in the file, from 0. */
  readonly place: number;
}

/** @throws PipelineError where a column is missing or named twice */
export function chosenColumns(
  source: Source,
  columns: Readonly<Record<string, Column | undefined>>,
  names: readonly string[],
): ChosenColumn[] {
  return Object.entries(columns).map(([name, column]) => {
    if (column === undefined) return { name, column, place: -1 };
    const place = names.indexOf(String(column));
    if (place < 0) throw missingColumn(source, String(column), names);
    if (names.includes(String(column), place + 1))
      throw new PipelineError('E_INPUT', `${source.label} has two columns '${column}'`, {
        hint: 'rename one of them, or name columns by place with `header: false`',
      });
    return { name, column: String(column), place };
  });
}

export function missingColumn(source: Source, column: string, names: readonly string[]): PipelineError {
  const meant = nearest(column, names);
  return new PipelineError(
    'E_INPUT',
    `${source.label} has no column '${column}'; it has ${names.join(', ')}`,
    { hint: meant === undefined ? undefined : `did you mean '${meant}'?` },
  );
}
