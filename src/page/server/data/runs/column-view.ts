import type { Value } from '../../../../history/columns/column.ts';
import type { Cell, ColumnView } from '../../../views/runs-view.ts';

/** A column with few different values is written as numbers of these. */
const MOST_DISTINCT = 0.5;

/** The shortest of the ways to write a column. */
export function columnView(values: readonly Value[]): ColumnView {
  const places = new Map<Cell, number>();
  const at = values.map((value = null) => {
    let place = places.get(value);
    if (place === undefined) places.set(value, (place = places.size));
    return place;
  });
  if (places.size <= 1) return { all: values[0] ?? null };
  const distinct = [...places.keys()];
  if (places.size > values.length * MOST_DISTINCT) return { values: at.map((place) => distinct[place]!) };
  return { distinct, at };
}
