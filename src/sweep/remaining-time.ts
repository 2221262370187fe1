/**
 * Estimates how long the rest of a sweep takes: each stage that is left as long as its like took so far (the same stage
 * of other configurations, otherwise the same kind), divided by how many have been executing at once. Approximate.
 */
import type { RunEvent } from '../execute/events.ts';
import type { Combined } from './combine.ts';

export interface RemainingTime {
  onPlan(combined: Combined): void;
  /** `time` in milliseconds. */
  onEvent(event: RunEvent, time: number): void;
  /** Undefined as long as a stage is left to which nothing can be compared. */
  seconds(time: number): number | undefined;
}

interface Durations {
  seconds: number;
  ended: number;
}

export function remainingTime(): RemainingTime {
  /** Stages of the combined spec that have not ended → the names under which durations are averaged. */
  let left = new Map<string, readonly [stage: string, kind: string]>();
  const durations = new Map<string, Durations>();
  const running = new Map<string, number>();
  let began: number | undefined;
  let executed = 0;

  const average = ([stage, kind]: readonly [string, string]): number | undefined => {
    const known = durations.get(stage) ?? durations.get(kind);
    return known && known.seconds / known.ended;
  };
  const end = (name: string, seconds: number): void => {
    running.delete(name);
    executed += seconds;
    for (const like of left.get(name) ?? []) {
      const known = durations.get(like) ?? { seconds: 0, ended: 0 };
      durations.set(like, { seconds: known.seconds + seconds, ended: known.ended + 1 });
    }
    left.delete(name);
  };

  return {
    onPlan({ spec, original }) {
      left = new Map(
        spec.stages.map(({ name, kind }) => [
          name,
          [`stage ${original.get(name) ?? name}`, `kind ${kind.name}`],
        ]),
      );
      running.clear();
    },
    onEvent(event, time) {
      if (event.type === 'stage-started') {
        began ??= time;
        running.set(event.stage, time);
      } else if (event.type === 'stage-finished' || event.type === 'stage-failed')
        end(event.stage, event.seconds);
      else if (event.type === 'stage-cached') end(event.stage, 0);
      else if (event.type === 'stage-skipped') {
        running.delete(event.stage);
        left.delete(event.stage);
      }
    },
    seconds(time) {
      if (began === undefined || executed === 0) return undefined;
      let work = 0;
      for (const [name, like] of left) {
        const expected = average(like);
        if (expected === undefined) return undefined;
        const started = running.get(name);
        work += started === undefined ? expected : Math.max(0, expected - (time - started) / 1000);
      }
      const busy = [...running.values()].reduce((sum, since) => sum + (time - since) / 1000, executed);
      return work / Math.max(1, busy / ((time - began) / 1000));
    },
  };
}
