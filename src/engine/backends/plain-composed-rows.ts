/** Rows that are made of rows of another table, in plain JavaScript: to the bit what the kernels give. */
import type { Ragged } from '../../formats/ragged.ts';
import type { ComposedRows, Composition } from '../kernels/embedding/composed-rows.ts';
import { summed, type PlainTable } from './plain-table.ts';

export function plainComposedRows(
  table: PlainTable,
  parameters: PlainTable,
  composition: Composition,
): ComposedRows {
  const { own, parts } = composition;
  return {
    update: (given) => {
      const ids = Uint32Array.from(new Set(given));
      table.writeRows(ids, composeRows(ids, parameters.view(), table.dimensions, composition));
    },
    passOn: () => {
      const { ids, values } = table.gathered();
      table.clearGradient();
      const rows = Array.from(ids, (id) => parts.values.subarray(parts.offsets[id], parts.offsets[id + 1]));
      ids.forEach((id, i) => {
        const gradient = values.subarray(i * table.dimensions, (i + 1) * table.dimensions);
        const share = gradient.map((g) => g / rows[i]!.length);
        parameters.gather(Uint32Array.of(own[id]!), gradient);
        for (const part of rows[i]!) parameters.gather(Uint32Array.of(part), share);
      });
    },
    dispose: () => undefined,
  };
}

/** The composed rows of these ids: [ids, dimensions]. parameters: [·, dimensions] */
export function composeRows(
  ids: Uint32Array,
  parameters: Float32Array,
  dimensions: number,
  { own, parts }: Composition,
): Float32Array {
  const rows = sumsOf(ids, parts, parameters, dimensions);
  const values = summed(
    parameters,
    { order: ids.map((id) => own[id]!), starts: Uint32Array.from({ length: ids.length + 1 }, (_, i) => i) },
    dimensions,
  );
  ids.forEach((id, i) => {
    const count = parts.offsets[id + 1]! - parts.offsets[id]!;
    if (count === 0) return;
    for (let at = i * dimensions; at < (i + 1) * dimensions; at++) values[at]! += rows[at]! / count;
  });
  return values;
}

/** [ids, dimensions]: the sum of each row's parts. */
function sumsOf(
  ids: Uint32Array,
  { values, offsets }: Ragged,
  parameters: Float32Array,
  dimensions: number,
): Float32Array {
  const starts = new Uint32Array(ids.length + 1);
  for (const [i, id] of ids.entries()) starts[i + 1] = starts[i]! + offsets[id + 1]! - offsets[id]!;
  const order = new Uint32Array(starts[ids.length]!);
  for (const [i, id] of ids.entries()) order.set(values.subarray(offsets[id], offsets[id + 1]), starts[i]);
  return summed(parameters, { order, starts }, dimensions);
}
