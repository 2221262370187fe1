/** Finds the configuration with which the others are compared. */
import { canonicalJson } from '../base/json.ts';
import { listHint, nameHint } from '../base/nearest.ts';
import type { Configuration } from './configurations.ts';

export type FoundBaseline =
  | { readonly found: true; readonly configuration: Configuration }
  | { readonly found: false; readonly message: string; readonly hint: string | undefined };

/** By the full name of a configuration, or by that of an experiment with only one configuration. */
export function findBaseline(name: string, configurations: readonly Configuration[]): FoundBaseline {
  const exact = configurations.find((one) => one.name === name);
  const points = exact ? [exact] : configurations.filter(({ experiment }) => experiment === name);
  if (points.length === 1) return { found: true, configuration: points[0]! };
  const names = configurations.map((one) => one.name);
  if (points.length > 1) {
    const hint = listHint(points.map((one) => one.name));
    return { found: false, message: `the experiment '${name}' has ${points.length} configurations`, hint };
  }
  return { found: false, message: `there is no configuration '${name}'`, hint: nameHint(name, names) };
}

/** Whether two configurations are the same; in different sweeps they may have different names. */
export function sameConfiguration(a: Configuration, b: Configuration): boolean {
  const identity = ({ experiment, values }: Configuration): string =>
    canonicalJson([experiment ?? null, values]);
  return identity(a) === identity(b);
}
