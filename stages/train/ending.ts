/** How a training ended: by its budget or for want of improvement, and whether it was still improving. */
import type { TrainParams } from './parameters.ts';
import type { Phase } from './phases.ts';
import type { TrainingState, ValidationRecord } from './state.ts';
import { outOfPatience } from './trainer.ts';

export interface Ending {
  /** The parameter that ended the last phase; `auto` is the automatic budget. */
  readonly by: 'auto' | 'epochs' | 'max_steps' | 'patience';
  /** How much the last fifth of the last phase's budget improved MRR@10; absent unless it was the best of all. */
  readonly lastGain?: { readonly from: number; readonly to: number };
}

/** The part of a budget that is looked at for a gain. */
const LAST = 0.2;
/** Smaller gains are within the noise of a few hundred validation queries. */
const LEAST_GAIN = 0.01;

export function endingOf(
  state: Pick<TrainingState, 'history' | 'best' | 'step' | 'stale' | 'phaseStep'>,
  phases: readonly Phase[],
  params: Pick<TrainParams, 'epochs' | 'max_steps' | 'patience'>,
): Ending {
  const phase = phases.at(-1)!;
  if (state.phaseStep < phase.steps && outOfPatience(state, params)) return { by: 'patience' };
  const gain = lastGain(state, phase);
  return { by: budgetOf(phases, params), ...(gain && { lastGain: gain }) };
}

function budgetOf(
  phases: readonly Phase[],
  { epochs, max_steps }: Pick<TrainParams, 'epochs' | 'max_steps'>,
): Ending['by'] {
  const steps = phases.reduce((sum, phase) => sum + phase.steps, 0);
  if (max_steps !== null && steps >= max_steps) return 'max_steps';
  return epochs === 'auto' ? 'auto' : 'epochs';
}

function lastGain(
  { history, best, step, phaseStep }: Pick<TrainingState, 'history' | 'best' | 'step' | 'phaseStep'>,
  phase: Phase,
): Ending['lastGain'] {
  if (best?.step !== step || phaseStep === 0) return undefined;
  const mrr = ({ validation }: ValidationRecord): number => validation?.['mrr@10'] ?? 0;
  const earlier = history.filter((record) => record.step <= step - LAST * phase.steps);
  if (earlier.length === 0) return undefined;
  const gain = { from: Math.max(...earlier.map(mrr)), to: best.mrr };
  return gain.to - gain.from > LEAST_GAIN ? gain : undefined;
}
