/** What the parts of a `sweep:` say together. */
import { canonicalJson } from '../../base/json.ts';
import { nearest } from '../../base/nearest.ts';
import type { Override } from '../values/overrides.ts';
import { errorAt, type Place, type Report } from '../text/source.ts';
import type { SweepRequest } from './request-types.ts';
import { toJson } from '../text/tree.ts';

/** A value twice would count as two seeds, and a parameter that is varied as well would be repeated away. */
export function checkRepeats(request: SweepRequest, report: Report): void {
  const varied = new Map(variedPaths(request));
  for (const { path, values } of request.repeat) {
    const at = placeOf(values[0]!);
    const elsewhere = varied.get(path);
    if (at && varied.has(path)) {
      const related = elsewhere ? [{ message: 'varied here', place: elsewhere }] : [];
      report(errorAt(at, `'${path}' is repeated, so it cannot be varied as well`, { related }));
    }
    const seen = new Set<string>();
    for (const one of values) {
      if ('set' in one) continue;
      const text = canonicalJson(toJson(one.value));
      if (seen.has(text)) report(errorAt(one.value.place, `'${path}' is repeated with ${text} twice`));
      seen.add(text);
    }
  }
}

/** Parameters of the grid, of the draws, of the experiments, and the budget of halving. */
export function variedPaths({
  grid,
  random,
  experiments,
  halving,
}: SweepRequest): (readonly [path: string, at: Place | undefined])[] {
  return [
    ...grid.map(({ path, values }) => [path, placeOf(values[0]!)] as const),
    ...(random?.space ?? []).map(({ path, at }) => [path, at] as const),
    ...experiments.flatMap(({ overrides }) =>
      overrides.flatMap((one) => ('set' in one ? [] : [[one.path, one.at] as const])),
    ),
    ...(halving ? [[halving.budget, undefined] as const] : []),
  ];
}

function placeOf(override: Override): Place | undefined {
  return 'set' in override ? undefined : override.at;
}

/** With a grid or draws, names are those of whole configurations, which are known later. */
export function checkBaseline({ baseline, experiments, grid, random }: SweepRequest, report: Report): void {
  if (!baseline?.at || grid.length > 0 || random) return;
  const names = experiments.map(({ name }) => name);
  if (names.includes(baseline.name)) return;
  report(
    errorAt(baseline.at, `there is no experiment '${baseline.name}'`, {
      hint: nameHint(baseline.name, names),
    }),
  );
}

/** The stage of `report.mrr@10`, without the labels of an instance. */
export function stageOfMetric(metric: string): string {
  return /^[^.[]*/.exec(metric)![0];
}

/** Whether something stands behind the stage and its dot. */
export function namesMetric(metric: string): boolean {
  return /^[^.]+\../.test(metric);
}

const MOST_NAMED = 20;

/** Which of the names was probably meant, or what there is. */
export function nameHint(written: string, names: readonly string[]): string | undefined {
  const close = nearest(written, names);
  return close === undefined ? listHint(names) : `did you mean '${close}'?`;
}

export function listHint(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  return `there are ${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ', …' : ''}`;
}
