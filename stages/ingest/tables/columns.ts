/** Finds the columns that a spec names among those of a file. */
import { nearest } from '../../../src/base/nearest.ts';
import { PipelineError } from '../../../src/stage.ts';
import type { Column } from '../schema-parts.ts';
import type { Source } from '../workspace.ts';
import { encodingOf } from './scan.ts';

export interface ChosenColumn {
  /** Its name in the stage. */
  readonly name: string;
  /** Its name in the file; undefined if the spec does not name it. */
  readonly column: string | undefined;
  /** Its position in the file, from 0. */
  readonly place: number;
}

/** @throws PipelineError if a column is missing or its name is ambiguous */
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
        hint: 'Rename one of them, or write positions and `header: false`.',
      });
    return { name, column: String(column), place };
  });
}

export function missingColumn(source: Source, column: string, names: readonly string[]): PipelineError {
  const meant = nearest(column, names);
  return new PipelineError(
    'E_INPUT',
    `${source.label} has no column '${column}'; it has ${names.join(', ')}`,
    { hint: meant === undefined ? withoutHeader(source) : `Did you mean '${meant}'?` },
  );
}

function withoutHeader({ label }: Source): string | undefined {
  const encoding = encodingOf(label);
  return encoding === 'tsv' || encoding === 'csv'
    ? 'If the file has no header, write `header: false` and the positions of the columns, from 1.'
    : undefined;
}
