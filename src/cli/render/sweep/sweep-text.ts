/** Short texts that the reporters of a sweep and its dry run share. */
import type { Combined } from '../../../sweep/combine.ts';
import type { Trial, TrialResult } from '../../../sweep/trial.ts';
import { durationText, numberText } from '../text.ts';
import { warningCount } from '../warnings.ts';

/** `0.6112 · 3 stages in 4.1 s` */
export function resultText(result: TrialResult): string {
  const value = result.metric === null ? [] : [numberText(result.metric)];
  const work =
    result.executed === 0
      ? 'cached'
      : `${result.executed} stage${result.executed === 1 ? '' : 's'} in ${durationText(result.seconds)}`;
  const doubts = result.warnings > 0 ? [warningCount(result.warnings)] : [];
  return [...value, result.error ?? work, ...doubts].join(' · ');
}

/** `6 configurations`, `6 configurations × 3 repeats` */
export function countText(configurations: number, repeats = 1): string {
  const text = `${configurations} configuration${configurations === 1 ? '' : 's'}`;
  return repeats === 1 ? text : `${text} × ${repeats} repeats`;
}

/** `6 configurations: 13 stages, 18 without sharing` */
export function plannedText({ spec }: Combined, trials: readonly Trial[]): string {
  const repeats = trials[0]?.repeats ?? 1;
  const stages = trials.reduce((sum, trial) => sum + trial.spec.stages.length, 0);
  const count = countText(trials.length / repeats, repeats);
  return `${count}: ${spec.stages.length} stages, ${stages} without sharing`;
}
