/** The sweep that a spec declares, from what the store has now: whatever run made it, and nothing executes. */
import type { Artifact } from '../../store/store.ts';
import { makePlan } from '../../plan/plan.ts';
import type { End } from '../../execute/schedule.ts';
import { combine } from '../../sweep/combine.ts';
import { combinedPlanner, type Sweep } from '../../sweep/execute-sweep.ts';
import { outcomesOf, type Outcome } from '../../sweep/outcome.ts';
import { resultOf, type Trial } from '../../sweep/trial.ts';
import type { SweepOutcome, SweepSource } from './sweep-source.ts';

/** `trials` are the first of the sweep; `baseline` is the number of a configuration. */
export async function presentSweep(
  sweep: Sweep,
  trials: readonly Trial[],
  baseline: number | undefined,
): Promise<SweepSource> {
  const { request, variable } = sweep;
  const { spec } = variable.checked;
  const outcomes = (await presentOutcomes(sweep, trials)).map(shownOutcome);
  const missing = outcomes.filter(({ state }) => state !== 'done').length;
  return {
    id: 'current',
    spec: { name: spec.name, file: spec.file },
    metric: request.metric ?? null,
    goal: request.goal,
    started: null,
    repeats: trials[0]?.repeats ?? 1,
    outcomes,
    baseline,
    notes: [
      ...(missing > 0 ? [`${missing} of ${outcomes.length} configurations have no result yet.`] : []),
      ...(request.halving ? ['Of successive halving, the first rung is shown.'] : []),
    ],
  };
}

async function presentOutcomes(sweep: Sweep, trials: readonly Trial[]): Promise<Outcome[]> {
  const combined = combine(trials.map(({ spec }) => spec));
  const planner = await combinedPlanner(sweep, combined);
  const { entries } = await makePlan(planner, new Set(combined.spec.stages.map(({ name }) => name)));
  const ends = new Map(
    entries.map(({ stage, plan }): [string, End] => [
      stage.name,
      plan.state === 'cached'
        ? { state: 'cached', artifact: plan.artifact, seconds: 0 }
        : { state: 'skipped', because: 'it has no result yet' },
    ]),
  );
  return outcomesOf(
    trials.map((trial, index) => {
      const own = [...combined.names[index]!].map(([name, stage]) => [name, ends.get(stage)!] as const);
      return resultOf(trial, new Map(own), sweep.request.metric);
    }),
  );
}

function shownOutcome(outcome: Outcome): SweepOutcome {
  const { number, configuration, state, warnings, error, repeats } = outcome;
  const made = new Map(
    repeats.flatMap(({ stages }) =>
      stages.flatMap(({ end }) => (end.state === 'cached' ? [secondsOf(end.artifact)] : [])),
    ),
  );
  return {
    number,
    name: configuration.name,
    values: configuration.values,
    state,
    repeats: repeats.map(({ state: own, stages }) => ({ run: null, state: own, stages })),
    seconds: [...made.values()].reduce((sum, seconds) => sum + seconds, 0),
    warnings,
    error,
  };
}

/** By key, so that stages that repeats share count once. */
const secondsOf = ({ manifest }: Pick<Artifact, 'manifest'>): [string, number] => [
  manifest.key,
  manifest.producer.seconds,
];
