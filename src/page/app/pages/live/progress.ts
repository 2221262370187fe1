/** What the events of a run say about it so far. No DOM and no network here: use-events.ts brings the events. */
import type { Metrics } from '../../../../stage.ts';
import type { LiveEvent, LiveStage } from '../../../views/live-view.ts';

export type StageStatus = 'waiting' | 'running' | 'executed' | 'cached' | 'failed' | 'skipped' | 'queued';

export interface StageProgress extends LiveStage {
  readonly status: StageStatus;
  readonly started: string | null;
  readonly seconds: number | null;
  /** The latest progress event. */
  readonly progress: LiveEvent | null;
  /** Why it runs, in words. */
  readonly reasons: readonly string[];
  readonly result: string | null;
  /** Of its artifact. */
  readonly metrics: Metrics;
  readonly warnings: readonly string[];
  readonly points: readonly Point[];
}

/** Numbers that a stage reported on the way, such as the training loss. */
export interface Point {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

export interface RunProgress {
  readonly stages: readonly StageProgress[];
  readonly outcome: 'done' | 'failed' | 'interrupted' | null;
  readonly seconds: number | null;
}

export function startOf(stages: readonly LiveStage[]): RunProgress {
  return {
    stages: stages.map((stage) => ({
      ...stage,
      status: 'waiting',
      started: null,
      seconds: null,
      progress: null,
      reasons: [],
      result: null,
      metrics: {},
      warnings: [],
      points: [],
    })),
    outcome: null,
    seconds: null,
  };
}

export function afterEvents(run: RunProgress, events: readonly LiveEvent[]): RunProgress {
  const stages = new Map(run.stages.map((stage) => [stage.name, stage]));
  let { outcome, seconds } = run;
  for (const event of events) {
    if (event.type === 'run-finished') {
      outcome = event.outcome ?? null;
      seconds = event.seconds ?? null;
    }
    const stage = event.stage === undefined ? undefined : stages.get(event.stage);
    if (stage) stages.set(stage.name, { ...stage, ...changeOf(stage, event) });
  }
  return { stages: [...stages.values()], outcome, seconds };
}

function changeOf(stage: StageProgress, event: LiveEvent): Partial<StageProgress> {
  switch (event.type) {
    case 'stage-cached':
      return { status: 'cached', ...resultOf(event) };
    case 'stage-queued':
    case 'stage-waiting':
      return { status: 'queued' };
    case 'stage-started':
      // Another attempt begins anew.
      return {
        status: 'running',
        started: event.time,
        reasons: event.reasons ?? [],
        progress: null,
        points: [],
      };
    case 'stage-progress':
      return { progress: event, points: [...stage.points, ...pointsOf(event)] };
    case 'stage-log':
      return event.level === 'warning' && event.message !== undefined
        ? { warnings: [...stage.warnings, event.message] }
        : {};
    case 'stage-finished':
      return {
        status: 'executed',
        seconds: event.seconds ?? null,
        ...resultOf(event),
      };
    case 'stage-failed':
      return { status: 'failed', seconds: event.seconds ?? null, result: event.message ?? null };
    case 'stage-skipped':
      return { status: 'skipped', result: event.because ?? null };
    default:
      return {};
  }
}

const resultOf = ({ headline = null, metrics = {}, warnings = [] }: LiveEvent): Partial<StageProgress> => ({
  result: headline,
  metrics,
  warnings: warnings.map(({ message }) => message),
});

/** `epoch 3/10 · loss 0.1200` → the loss at this point of the work. */
function pointsOf({ note = '', done }: LiveEvent): Point[] {
  if (done === undefined) return [];
  return [
    ...note.matchAll(/(?:^|·\s*)([a-z][\w@ ]*?)\s+(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?=\s*(?:·|$))/gi),
  ].map(([, name, value]) => ({ name: name!, x: done, y: Number(value) }));
}
