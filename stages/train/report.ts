/** The metrics and the headline of a training. */
import type { Metrics, StageResult } from '../../src/stage.ts';
import type { Ending } from './ending.ts';
import { drawnBatches, type Phase } from './phases.ts';
import type { TrainingState } from './state.ts';
import type { TrainingResult } from './trainer.ts';
import type { ValidationSet } from './validation.ts';

interface Reported {
  readonly phases: readonly Phase[];
  readonly ending: Ending;
  readonly validation: ValidationSet | undefined;
}

export function reportOf(
  { weights, state }: TrainingResult,
  { phases, ending, validation }: Reported,
): StageResult {
  const { history, best, step } = state;
  const kept = history.find((record) => record.step === best?.step) ?? history.at(-1)!;
  const figures = kept.validation;
  return {
    metrics: {
      ...(figures
        ? {
            'validation/mrr@10': figures['mrr@10'],
            'validation/recall@100': figures['recall@100'],
            'validation/documents': validation!.documents.length,
          }
        : {}),
      best_epoch: kept.epoch,
      best_step: kept.step,
      epochs: history.at(-1)!.epoch,
      steps: step,
      ended_by: ending.by,
      still_improving: ending.lastGain !== undefined,
      loss: kept.loss,
      parameters: [...weights.values()].reduce((sum, { data }) => sum + data.length, 0),
      ...setMetrics(state, phases),
    },
    headline: [
      figures ? `validation MRR@10 ${figures['mrr@10'].toFixed(3)}` : `loss ${kept.loss.toFixed(4)}`,
      ...(kept.phase === undefined ? [] : [`set ${kept.phase}`]),
      Number.isInteger(kept.epoch) ? `epoch ${kept.epoch}` : `step ${kept.step}`,
    ].join(' · '),
  };
}

/** Sets have the number of their place under `triplets`, from 1. */
function setMetrics(state: TrainingState, phases: readonly Phase[]): Metrics {
  const sets = phases.flatMap((phase, position) => {
    const steps =
      position === state.phase ? state.phaseStep : lastStep(state, position) - lastStep(state, position - 1);
    const drawn = drawnBatches(phase.sets, steps);
    return phase.sets.map(({ set, triplets }, i) => ({ set, triplets, batches: drawn[i]! }));
  });
  const total = sets.reduce((sum, { triplets }) => sum + triplets, 0);
  if (sets.length === 1) return { triplets: total };
  const perSet = sets.flatMap(({ set, triplets, batches }): [string, number | null][] => [
    [`triplets/${set + 1}`, triplets],
    [`batches/${set + 1}`, batches],
    [`loss/${set + 1}`, state.history.findLast(({ losses }) => losses?.[set] != null)?.losses?.[set] ?? null],
  ]);
  return { triplets: total, ...Object.fromEntries(perSet) };
}

/** The step of the last validation of a phase. */
function lastStep({ history }: TrainingState, phase: number): number {
  return history.findLast((record) => record.phase === phase + 1)?.step ?? 0;
}
