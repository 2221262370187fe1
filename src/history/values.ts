/** A run's parameters and metrics under flat names: `params.seed`, `model.loss.margin`, `report.mrr@10`. */
import { isObject, type Json } from '../base/json.ts';
import type { RunRecord } from './record.ts';

export type Scalar = number | string | boolean | null;
export type Values = Readonly<Record<string, Scalar>>;

/** The spec's `params`, and each stage's `with`, under the stage's name. */
export function parametersOf(record: Pick<RunRecord, 'params' | 'parameters'>): Values {
  const values: Record<string, Scalar> = {};
  flatten(record.params, 'params', values);
  for (const [stage, parameters] of Object.entries(record.parameters)) flatten(parameters, stage, values);
  return values;
}

/** The kind and inputs of these stages: `model.uses`, `model.inputs.triplets`. Records of old versions have none. */
export function wiringOf(
  { resolved }: Pick<RunRecord, 'resolved'>,
  isWanted: (stage: string) => boolean,
): Values {
  const values: Record<string, Scalar> = {};
  for (const { name, uses, inputs } of resolved?.stages ?? []) {
    if (!isWanted(name)) continue;
    values[`${name}.uses`] = uses;
    for (const [slot, stages] of Object.entries(inputs)) values[`${name}.inputs.${slot}`] = stages.join(', ');
  }
  return values;
}

/** Lists of scalars are kept as one value, because an index in a list means little to a reader. */
function flatten(value: Json, name: string, into: Record<string, Scalar>): void {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    if (items.every((item) => !isObject(item) && !Array.isArray(item))) into[name] = JSON.stringify(items);
    else
      items.forEach((item, index) => {
        flatten(item, `${name}.${index}`, into);
      });
  } else if (isObject(value)) {
    for (const [member, inner] of Object.entries(value)) flatten(inner, `${name}.${member}`, into);
  } else into[name] = value as Scalar;
}

/** Every stage's metrics, under the stage's name. */
export function metricsOf({ stages }: Pick<RunRecord, 'stages'>): Values {
  return Object.fromEntries(
    Object.entries(stages).flatMap(([stage, { metrics }]) =>
      Object.entries(metrics).map(([name, value]) => [`${stage}.${name}`, value]),
    ),
  );
}
