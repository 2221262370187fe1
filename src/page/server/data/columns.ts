import type { Cell, ColumnView } from '../../views/runs-view.ts';

/** A column with few different values is written as numbers of these. */
const MOST_DISTINCT = 0.5;

/** The shortest of the ways to write a column. */
export function columnOf(cells: readonly Cell[]): ColumnView {
  const places = new Map<Cell, number>();
  for (const cell of cells) if (!places.has(cell)) places.set(cell, places.size);
  if (places.size <= 1) return { all: cells[0] ?? null };
  if (places.size > cells.length * MOST_DISTINCT) return { values: cells };
  return { distinct: [...places.keys()], at: cells.map((cell) => places.get(cell)!) };
}
