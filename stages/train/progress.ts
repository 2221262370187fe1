/** What a training reports: triplets seen of all, and each validation as a part of its own, so that the count never falls. */
import type { StageContext } from '../../src/stage.ts';
import type { TrainParams } from './parameters.ts';
import type { Phase } from './phases.ts';
import type { TrainingState, ValidationRecord } from './state.ts';

type Context = Pick<StageContext<TrainParams>, 'params' | 'progress'>;

export function reportStep(context: Context, state: TrainingState, phases: readonly Phase[]): void {
  const { sums } = state;
  context.progress({
    ...countOf(state, phases),
    note: `${epochText(state, phases)} · loss ${(sums.loss / sums.triplets).toFixed(4)}`,
  });
}

/** `texts`: those of the validation that are encoded, and all of them. */
export function reportValidation(
  context: Context,
  state: TrainingState,
  phases: readonly Phase[],
  texts: { readonly done: number; readonly total: number },
): void {
  context.progress({
    ...countOf(state, phases),
    note: epochText(state, phases),
    part: { label: 'validation', ...texts, unit: 'texts' },
  });
}

/** What stays in the log of a validation. */
export function logValidation(
  { params, log }: Pick<StageContext<TrainParams>, 'params' | 'log'>,
  { phase, epoch, step, loss, validation }: ValidationRecord,
  phases: readonly Phase[],
): void {
  const set = phase === undefined ? '' : `set ${phase}/${phases.length} · `;
  const total = phases.reduce((sum, { steps }) => sum + steps, 0);
  const position =
    typeof params.epochs === 'number' && Number.isInteger(epoch)
      ? `epoch ${epoch}/${params.epochs}`
      : `step ${step}/${total}`;
  const figures = validation ? ` · validation MRR@10 ${validation['mrr@10'].toFixed(4)}` : '';
  log(`${set}${position} · loss ${loss.toFixed(4)}${figures}`);
}

function countOf(
  { phase, phaseTriplets }: TrainingState,
  phases: readonly Phase[],
): { readonly done: number; readonly total: number; readonly unit: string } {
  const upTo = (end: number): number => phases.slice(0, end).reduce((sum, { triplets }) => sum + triplets, 0);
  return { done: upTo(phase) + phaseTriplets, total: upTo(phases.length), unit: 'triplets' };
}

function epochText({ phase, phaseStep }: TrainingState, phases: readonly Phase[]): string {
  const { steps, epochSteps } = phases[phase]!;
  if (steps === 0) return 'before training';
  const epoch = Math.max(1, Math.ceil(phaseStep / epochSteps));
  const set = phases.length === 1 ? '' : `set ${phase + 1}/${phases.length} · `;
  return `${set}epoch ${epoch}/${Math.ceil(steps / epochSteps)}`;
}
