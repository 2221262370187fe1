/** Reads `sweep:` of a spec. Values keep their places, so that errors are shown in the file. */
import { didYouMean, nameHint } from '../../base/nearest.ts';
import { readDistribution } from './distribution.ts';
import { checkNames, isFailed } from '../text/names.ts';
import { pathSegments } from '../values/overrides.ts';
import { errorAt, type Place, type Report } from '../text/source.ts';
import type { Baseline, Halving, RandomSearch, SweepAxis, SweepRequest } from './request-types.ts';
import { checkBaseline, checkBudget, checkRepeats, namesMetric, stageOfMetric } from './sweep-checks.ts';
import { describe, isNull, toJson, type Entry, type MapNode, type Node } from '../text/tree.ts';
import {
  alternatives,
  HALVING_FACTOR,
  HALVING_NAMES,
  RANDOM_NAMES,
  SWEEP_NAMES,
} from '../text/vocabulary.ts';

export function readSweep(
  entry: Entry | undefined,
  stages: readonly string[],
  report: Report,
): SweepRequest | undefined {
  if (!entry || isNull(entry.value) || isFailed(entry.value)) return undefined;
  const sweep = asMapping(entry.value, 'sweep', report);
  if (!sweep) return undefined;
  checkNames(sweep, SWEEP_NAMES, '`sweep`', report);
  const written = sweep.entries.get('metric');
  const metric = written && readMetric(written.value, 'metric', stages, report);
  const columns = readColumns(sweep.entries.get('columns'), stages, report);
  const random = readRandom(sweep.entries.get('random'), report);
  const halving = readHalving(sweep.entries.get('halving'), report);
  if (halving && metric === undefined)
    report(
      errorAt(sweep.entries.get('halving')!.key, '`halving` needs a `metric`', {
        hint: 'Example: `metric: report.mrr@10`.',
      }),
    );
  const baseline = readBaseline(sweep.entries.get('baseline'), report);
  const request: SweepRequest = {
    ...(metric === undefined ? {} : { metric }),
    goal: readGoal(sweep.entries.get('goal'), report),
    columns,
    metricPlaces: placesOf(sweep),
    grid: readAxes(sweep.entries.get('grid'), 'grid', report),
    ...(random ? { random } : {}),
    experiments: readExperiments(sweep.entries.get('experiments'), report),
    repeat: readAxes(sweep.entries.get('repeat'), 'repeat', report),
    ...(baseline ? { baseline } : {}),
    ...(halving ? { halving } : {}),
  };
  checkRepeats(request, report);
  checkBudget(request, report);
  checkBaseline(request, report);
  return request;
}

function readMetric(
  node: Node,
  owner: string,
  stages: readonly string[],
  report: Report,
): string | undefined {
  if (isNull(node) || isFailed(node)) return undefined;
  const metric = toJson(node);
  const { place } = node;
  if (typeof metric !== 'string' || !namesMetric(metric)) {
    const message = `\`${owner}\` must name a stage and one of its metrics, got ${describe(metric)}`;
    report(errorAt(place, message, { hint: 'Example: `report.mrr@10`.' }));
    return undefined;
  }
  const stage = stageOfMetric(metric);
  if (stages.includes(stage)) return metric;
  report(errorAt(place, `there is no stage '${stage}'`, { hint: didYouMean(stage, stages) }));
  return undefined;
}

function readColumns(entry: Entry | undefined, stages: readonly string[], report: Report): string[] {
  if (!entry || isNull(entry.value) || isFailed(entry.value)) return [];
  const { value } = entry;
  if (value.type === 'list')
    return [...new Set(value.items.flatMap((item) => readMetric(item, 'columns', stages, report) ?? []))];
  const message = `\`columns\` must be a list of metrics, got ${describe(toJson(value))}`;
  report(errorAt(value.place, message, { hint: 'Example: `columns: [report.recall@100]`.' }));
  return [];
}

function placesOf({ entries }: MapNode): ReadonlyMap<string, Place> {
  const columns = entries.get('columns')?.value;
  const nodes = [entries.get('metric')?.value, ...(columns?.type === 'list' ? columns.items : [])];
  return new Map(
    nodes.flatMap((node) => (node?.type === 'scalar' ? [[String(node.value), node.place] as const] : [])),
  );
}

function readBaseline(entry: Entry | undefined, report: Report): Baseline | undefined {
  if (!entry || isNull(entry.value) || isFailed(entry.value)) return undefined;
  const name = toJson(entry.value);
  const at = entry.value.place;
  if (typeof name === 'string') return { name, at };
  report(errorAt(at, `\`baseline\` must be the name of an experiment, got ${describe(name)}`));
  return undefined;
}

const GOALS = ['maximize', 'minimize'] as const;

function readGoal(entry: Entry | undefined, report: Report): SweepRequest['goal'] {
  if (!entry || isNull(entry.value) || isFailed(entry.value)) return 'maximize';
  const value = toJson(entry.value);
  const goal = GOALS.find((one) => one === value);
  if (goal === undefined)
    report(errorAt(entry.value.place, `\`goal\` must be ${alternatives(GOALS)}, got ${describe(value)}`));
  return goal ?? 'maximize';
}

function readAxes(entry: Entry | undefined, owner: string, report: Report): SweepAxis[] {
  const axes = entry && optionalMapping(entry, owner, report);
  return [...(axes?.entries ?? [])].flatMap(([path, { key, value }]) => {
    if (!soundPath(path, key, report) || isFailed(value)) return [];
    if (value.type !== 'list' || value.items.length === 0) {
      const hint = `Example: \`${path}: [1, 2, 3]\`.`;
      const message = `a parameter in \`${owner}\` must have a list of values, got ${describe(toJson(value))}`;
      report(errorAt(value.place, message, { hint }));
      return [];
    }
    return { path, values: value.items.map((item) => ({ path, at: key, value: item })) };
  });
}

function readExperiments(entry: Entry | undefined, report: Report): SweepRequest['experiments'] {
  const experiments = entry && optionalMapping(entry, 'experiments', report);
  return [...(experiments?.entries ?? [])].map(([name, experiment]) => {
    const values = optionalMapping(experiment, name, report);
    const overrides = [...(values?.entries ?? [])].flatMap(([path, { key, value }]) =>
      soundPath(path, key, report) ? [{ path, at: key, value }] : [],
    );
    return { name, overrides };
  });
}

function readRandom(entry: Entry | undefined, report: Report): RandomSearch | undefined {
  const random = entry && optionalMapping(entry, 'random', report);
  if (!random) return undefined;
  checkNames(random, RANDOM_NAMES, '`random`', report);
  const space = random.entries.get('space');
  const dimensions = space && optionalMapping(space, 'space', report);
  if (!dimensions || dimensions.entries.size === 0) {
    const hint = 'Example: `space: {model.learning_rate: {log_uniform: [0.0001, 0.01]}}`.';
    report(errorAt(space?.key ?? entry.key, '`random` needs a `space`', { hint }));
    return undefined;
  }
  return {
    trials: readNumber(random, 'trials', 10, 1, true, report),
    seed: readNumber(random, 'seed', 1, 0, true, report),
    space: [...dimensions.entries].flatMap(([path, { key, value }], index, all) => {
      if (!soundPath(path, key, report)) return [];
      const distribution = readDistribution(value, report);
      if (distribution)
        checkWhen(
          value,
          all.slice(0, index).map(([name]) => name),
          report,
        );
      return distribution ? [{ path, distribution, at: key }] : [];
    }),
  };
}

/** A condition on a parameter that was not drawn before can never hold. */
function checkWhen(distribution: Node, drawn: readonly string[], report: Report): void {
  const when = distribution.type === 'map' ? distribution.entries.get('when')?.value : undefined;
  if (when?.type !== 'map') return;
  for (const [path, { key }] of when.entries)
    if (!drawn.includes(path)) {
      const hint = nameHint(path, drawn) ?? 'List the parameter that it depends on before it.';
      report(errorAt(key, `'${path}' of \`when\` is not drawn before this parameter`, { hint }));
    }
}

function readHalving(entry: Entry | undefined, report: Report): Halving | undefined {
  const halving = entry && optionalMapping(entry, 'halving', report);
  if (!halving) return undefined;
  checkNames(halving, HALVING_NAMES, '`halving`', report);
  const budget = halving.entries.get('budget');
  const path = budget ? toJson(budget.value) : undefined;
  if (!budget || typeof path !== 'string' || !pathSegments(path, budget.value.place)) {
    const hint = 'Example: `budget: model.epochs`.';
    report(
      errorAt(budget?.value.place ?? entry.key, '`halving` needs the name of a parameter as `budget`', {
        hint,
      }),
    );
    return undefined;
  }
  const min = readNumber(halving, 'min', 1, 1, true, report);
  const max = readNumber(halving, 'max', 9, 1, true, report);
  if (max < min)
    report(errorAt(halving.entries.get('max')?.value.place ?? entry.key, '`max` is below `min`'));
  return { budget: path, min, max, factor: readNumber(halving, 'factor', HALVING_FACTOR, 2, false, report) };
}

function readNumber(
  map: MapNode,
  name: string,
  preset: number,
  least: number,
  whole: boolean,
  report: Report,
): number {
  const node = map.entries.get(name)?.value;
  if (!node || isNull(node) || isFailed(node)) return preset;
  const value = toJson(node);
  if (typeof value === 'number' && value >= least && (!whole || Number.isInteger(value))) return value;
  const wanted = whole ? 'an integer' : 'a number';
  report(errorAt(node.place, `\`${name}\` must be ${wanted} of at least ${least}, got ${describe(value)}`));
  return preset;
}

function soundPath(path: string, at: Place, report: Report): boolean {
  if (pathSegments(path, at)) return true;
  const hint = 'Write `stage.parameter` or `params.name`.';
  report(errorAt(at, `'${path}' is not the name of a parameter`, { hint }));
  return false;
}

function optionalMapping({ value }: Entry, name: string, report: Report): MapNode | undefined {
  return isNull(value) ? undefined : asMapping(value, name, report);
}

function asMapping(node: Node, name: string, report: Report): MapNode | undefined {
  if (node.type === 'map') return node;
  if (!isFailed(node))
    report(errorAt(node.place, `\`${name}\` must be a mapping, got ${describe(toJson(node))}`));
  return undefined;
}
