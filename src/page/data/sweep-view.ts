/** The view of a sweep: the ranking with intervals and tests, and the effect of each parameter. */
import { random } from '../../base/random.ts';
import { bootstrapIntervals } from '../../retrieval/significance.ts';
import type { Store } from '../../store/store.ts';
import { BOOTSTRAP, rowsOf, type Row } from '../../sweep/figures.ts';
import { effects, metricsByValue, rank, type Varied } from '../../sweep/ranking.ts';
import type { ConfigurationView, EffectView, SweepView } from '../views/sweep-view.ts';
import type { SweepOutcome, SweepSource } from './sweep-source.ts';

/** An interval over fewer configurations says nothing. */
const LEAST = 3;

export async function sweepView(source: SweepSource, store: Pick<Store, 'fetch'>): Promise<SweepView> {
  const { id, spec, metric, goal, started, repeats, outcomes, notes } = source;
  const measured = await rowsOf(store, outcomes, metric ?? undefined, []);
  const best = rank(measured.map(ranked), goal)[0];
  const baseline = source.baseline ?? (best?.metric === null ? undefined : best?.number);
  const rows =
    baseline === undefined ? measured : await rowsOf(store, outcomes, metric ?? undefined, [], baseline);
  const byNumber = new Map(rows.map((row) => [row.outcome.number, row]));
  const order = rank(rows.map(ranked), goal).map(({ number }) => byNumber.get(number)!);
  const parameters = [...new Set(outcomes.flatMap(({ values }) => Object.keys(values)))];
  return {
    id,
    spec,
    metric,
    goal,
    started,
    seconds: outcomes.reduce((sum, { seconds }) => sum + seconds, 0),
    repeats,
    reference: source.baseline === undefined ? 'best' : 'baseline',
    configurations: order.map(configurationView),
    parameters,
    effects: effectsOf(rows, parameters, goal),
    notes,
    detailed: null,
  };
}

const ranked = ({ outcome, metric }: Row<SweepOutcome>): Varied => ({
  number: outcome.number,
  metric: metric?.mean ?? null,
  configuration: outcome,
});

function configurationView({ outcome, metric, isBaseline }: Row<SweepOutcome>): ConfigurationView {
  const { name, state, values, repeats, seconds, warnings, error } = outcome;
  return {
    name,
    state,
    values,
    metric: metric?.mean ?? null,
    interval: metric?.interval ?? null,
    deviation: metric?.deviation ?? null,
    repeats: repeats.map(({ run }, index) => ({ run, value: metric?.values[index] ?? null })),
    seconds,
    warnings,
    error,
    isBaseline,
    difference: metric?.difference ?? null,
    p: metric?.p ?? null,
  };
}

function effectsOf(
  rows: readonly Row<SweepOutcome>[],
  parameters: readonly string[],
  goal: SweepView['goal'],
): EffectView[] {
  const results = rows.map(ranked);
  return effects(results, parameters, goal).map(({ path, spread, correlation, values }) => {
    const metrics = metricsByValue(results, path);
    return {
      parameter: path,
      spread,
      correlation,
      values: values.map((one) => ({ ...one, interval: intervalOf(metrics?.get(one.value) ?? []) })),
    };
  });
}

function intervalOf(values: readonly number[]): readonly [number, number] | null {
  if (values.length < LEAST) return null;
  return bootstrapIntervals([Float64Array.from(values)], BOOTSTRAP, random(0, 'effects of a sweep'))[0]!;
}
