/** What a training reports: triplets seen of all, and each validation as a part of its own, so that the count never falls. */
import type { StageContext } from '../../src/stage.ts';
import type { TrainParams } from './parameters.ts';
import type { EpochRecord, TrainingState } from './state.ts';

type Context = Pick<StageContext<TrainParams>, 'params' | 'progress'>;

/** `triplets`: their number in one epoch. */
export function reportStep(context: Context, state: TrainingState, triplets: number): void {
  const { params } = context;
  context.progress({
    ...countOf(params, state, triplets),
    note: `${epochText(params, state)} · loss ${(state.lossSum / state.triplets).toFixed(4)}`,
  });
}

/** `texts`: those of the validation that are encoded, and all of them. */
export function reportValidation(
  context: Context,
  state: TrainingState,
  triplets: number,
  texts: { readonly done: number; readonly total: number },
): void {
  const { params } = context;
  context.progress({
    ...countOf(params, state, triplets),
    note: epochText(params, state),
    part: { label: 'validation', ...texts, unit: 'texts' },
  });
}

/** What stays in the log of an epoch. */
export function logEpoch(
  context: Pick<StageContext<TrainParams>, 'params' | 'log'>,
  record: EpochRecord,
): void {
  const { epoch, loss, validation } = record;
  const figures = validation ? ` · validation MRR@10 ${validation['mrr@10'].toFixed(4)}` : '';
  context.log(`epoch ${epoch}/${context.params.epochs} · loss ${loss.toFixed(4)}${figures}`);
}

function countOf(
  params: TrainParams,
  state: TrainingState,
  triplets: number,
): { readonly done: number; readonly total: number; readonly unit: string } {
  const done = state.epoch * triplets + state.triplets;
  return { done, total: plannedTriplets(params, triplets), unit: 'triplets' };
}

/** In all epochs, or in the first `max_steps` steps: batches are of nearly equal size (batch.ts). */
function plannedTriplets({ epochs, max_steps, batch_size }: TrainParams, triplets: number): number {
  const batches = Math.ceil(triplets / batch_size);
  const steps = Math.min(max_steps ?? Infinity, epochs * batches);
  const whole = Math.floor(steps / batches);
  return whole * triplets + Math.floor(((steps - whole * batches) * triplets) / batches);
}

function epochText({ epochs }: TrainParams, { epoch }: TrainingState): string {
  return epochs === 0 ? 'before training' : `epoch ${epoch + 1}/${epochs}`;
}
