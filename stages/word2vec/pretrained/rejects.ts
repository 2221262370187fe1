/** Bad rows of a file of word vectors: the first one stops the stage, or all are left out and counted by reason. */
import type { PretrainedParams } from '../parameters.ts';
import { badFile } from './row-parser.ts';

export interface RowProblem {
  /** Equal for rows with the same kind of problem. */
  readonly reason: string;
  /** What is wrong with this row, with the text in question. */
  readonly what: string;
  readonly hint: string;
}

export interface Rejects {
  /** Throws `E_INPUT`, or counts the row. `number` is that of the line or the vector, from 1. */
  reject(number: number, problem: RowProblem): void;
  count(): number;
  /** `3 × decimal comma (line 2, 7, 9)`, by reason in the order of the file; empty without bad rows. */
  summary(): string;
}

const SHOWN_PLACES = 5;

export function createRejects(
  path: string,
  unit: 'line' | 'vector',
  onError: PretrainedParams['on_error'],
): Rejects {
  const places = new Map<string, { count: number; readonly first: number[] }>();
  return {
    reject: (number, { reason, what, hint }) => {
      if (onError === 'fail') throw badFile(path, `${unit} ${number}`, what, hint);
      const known = places.get(reason) ?? { count: 0, first: [] };
      places.set(reason, known);
      known.count += 1;
      if (known.first.length < SHOWN_PLACES) known.first.push(number);
    },
    count: () => [...places.values()].reduce((sum, { count }) => sum + count, 0),
    summary: () =>
      [...places]
        .map(([reason, { count, first }]) => {
          const more = count > first.length ? ', …' : '';
          return `${count} × ${reason} (${unit} ${first.join(', ')}${more})`;
        })
        .join(', '),
  };
}

const LEAVE_OUT = 'Fix or delete the row, or write `on_error: skip` to leave such rows out.';

/** A row that has another number of values than the others. */
export const otherLength = (values: number, dimensions: number): RowProblem => ({
  reason: values < dimensions ? 'too few values' : 'too many values',
  what: `${values} values where ${dimensions} were expected`,
  hint: LEAVE_OUT,
});

/** A value that is not a number, or not finite as float32. */
export function badValue(text: string): RowProblem {
  if (/^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(text))
    return {
      reason: 'decimal comma',
      what: `'${text}' has a decimal comma`,
      hint: `Write all values with a decimal point: \`${text.replace(',', '.')}\`.`,
    };
  return {
    reason: 'value is not a finite number',
    what: `${text === '' ? 'an empty field' : `'${text}'`} is not a finite number`,
    hint: LEAVE_OUT,
  };
}
