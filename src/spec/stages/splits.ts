/** Finds the parameters that name a split (`x-split`), so that the splits can be checked once the corpus is known. */
import type { JsonObject } from '../../base/json.ts';
import type { SplitParameter } from '../spec.ts';
import { locate } from '../text/source.ts';
import { segmentsOf } from '../../base/json-pointer.ts';
import { deepest } from '../text/tree.ts';
import type { KnownStage } from './inputs.ts';
import { mapMarked } from './paths.ts';

export function splitsNamed({ raw, kind }: KnownStage, params: JsonObject): SplitParameter[] {
  const splits: SplitParameter[] = [];
  mapMarked(kind.declaration.parameters, 'x-split', params, (value, pointer, schema) => {
    const segments = segmentsOf(pointer);
    const { node, whole } = deepest(raw.with, segments);
    // With `x-split: train`, the corpus need not have the split `train`.
    if (schema['x-split'] !== value)
      splits.push({ name: segments.join('.'), value, location: locate(whole ? node.place : raw.key) });
    return value;
  });
  return splits;
}
