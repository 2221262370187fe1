/**
 * Which runs to show: words, and conditions on any column, such as `report.mrr@10>0.4 model.loss.margin=0.2 glove`. All
 * have to hold. Quotes keep spaces: `result="MRR@10 0.5"`.
 */
import { CONDITION, meetsValue, type Operator } from '../../../../base/condition.ts';
import type { Cell } from '../../../views/runs-view.ts';

export interface Condition {
  readonly column: string;
  readonly operator: Operator;
  readonly value: string;
}

export interface Filter {
  /** Lower case. */
  readonly words: readonly string[];
  readonly conditions: readonly Condition[];
  /** Names in conditions that no column has. */
  readonly unknown: readonly string[];
}

const PART = /(?:[^\s"]|"[^"]*")+/g;

/** `columns`: their full names. The end of a name stands for it where that is one column alone, or the first of them. */
export function parseFilter(text: string, columns: readonly string[]): Filter {
  const words: string[] = [];
  const conditions: Condition[] = [];
  const unknown: string[] = [];
  for (const [part] of text.matchAll(PART)) {
    const found = CONDITION.exec(part)?.groups;
    if (!found) {
      words.push(part.replaceAll('"', '').toLowerCase());
      continue;
    }
    const { name = '', operator, value = '' } = found;
    const column = columnNamed(name.replaceAll('"', ''), columns);
    if (column === undefined) unknown.push(name);
    else
      conditions.push({
        column,
        operator: operator as Operator,
        value: value.replaceAll('"', ''),
      });
  }
  return { words, conditions, unknown };
}

function columnNamed(name: string, columns: readonly string[]): string | undefined {
  return columns.includes(name) ? name : columns.find((column) => column.endsWith(`.${name}`));
}

/** An empty value stands for a missing one, which meets nothing else but `!=`. */
export function meets(cell: Cell, { operator, value }: Condition): boolean {
  if (cell === null) return operator === '!=' ? value !== '' : operator === '=' && value === '';
  return meetsValue(cell, operator, value);
}
