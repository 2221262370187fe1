/** Checks that concern several parts of a `sweep:`, and names of metrics. */
import { canonicalJson } from '../../base/json.ts';
import { nameHint } from '../../base/nearest.ts';
import type { Override } from '../values/overrides.ts';
import { errorAt, type Place, type Report } from '../text/source.ts';
import type { SweepRequest } from './request-types.ts';
import { toJson } from '../text/tree.ts';

/** A duplicate value would count as two seeds, and a repeated parameter cannot be varied as well. */
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
      if (seen.has(text))
        report(errorAt(one.value.place, `\`repeat\` has the value ${text} of '${path}' twice`));
      seen.add(text);
    }
  }
}

/** Successive halving sets its budget itself: other values of the same parameter would be lost. */
export function checkBudget(request: SweepRequest, report: Report): void {
  const { halving } = request;
  const varied = halving && configuredPaths(request).find(([path]) => path === halving.budget);
  if (varied?.[1]) report(errorAt(varied[1], budgetFault(varied[0]), { hint: BUDGET_HINT }));
}

export const BUDGET_HINT = 'Vary another parameter, or leave out `halving`.';

export const budgetFault = (path: string): string =>
  `'${path}' is the budget of halving, so it cannot be varied as well`;

type VariedPath = readonly [path: string, at: Place | undefined];

/** The parameters of the grid, the random search and the experiments, and the budget of halving. */
export function variedPaths(request: SweepRequest): VariedPath[] {
  const { halving } = request;
  return [...configuredPaths(request), ...(halving ? [[halving.budget, undefined] as const] : [])];
}

/** The parameters of the grid, the random search and the experiments. */
export function configuredPaths({ grid, random, experiments }: SweepRequest): VariedPath[] {
  return [
    ...grid.map(({ path, values }) => [path, placeOf(values[0]!)] as const),
    ...(random?.space ?? []).map(({ path, at }) => [path, at] as const),
    ...experiments.flatMap(({ overrides }) =>
      overrides.flatMap((one) => ('set' in one ? [] : [[one.path, one.at] as const])),
    ),
  ];
}

function placeOf(override: Override): Place | undefined {
  return 'set' in override ? undefined : override.at;
}

/** With a grid or a random search, names are those of full configurations, which are known later. */
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

/** The stage in `report.mrr@10`, without the values of a matrix instance. */
export function stageOfMetric(metric: string): string {
  return /^[^.[]*/.exec(metric)![0];
}

/** Whether the text has a stage, a dot and the name of a metric. */
export function namesMetric(metric: string): boolean {
  return /^[^.]+\../.test(metric);
}
