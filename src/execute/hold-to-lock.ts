/** `run --locked`: a stage whose result has other bytes than the lock holds counts as failed, so that the run stops. */
import { basename } from 'node:path';
import { compareWithLock, explanation, type Comparison } from '../lockfile/compare.ts';
import type { LockFile } from '../lockfile/lock-file.ts';
import type { Planner } from '../plan/planner.ts';
import type { StageSpec } from '../spec/spec.ts';
import type { StageFailure } from './events.ts';
import type { End } from './schedule.ts';

export interface LockHold {
  /** The end of a stage as the run counts it. */
  readonly review: (stage: StageSpec, end: End) => End;
  /** Stages whose bytes are the locked ones, with what differs in their keys. */
  readonly held: () => ReadonlyMap<string, readonly string[]>;
}

/** `file` is the lock's, for messages. Stages that the lock does not have are left alone. */
export function holdToLock(lock: LockFile, file: string, planner: Planner): LockHold {
  const held = new Map<string, readonly string[]>();
  return {
    held: () => held,
    review(stage, end) {
      if (end.state !== 'executed' && end.state !== 'cached') return end;
      const locked = lock.stages[stage.name];
      if (!locked) return end;
      const { manifest } = end.artifact;
      const comparison = compareWithLock(locked, manifest, planner.context(stage));
      if (comparison.bytes === 'same') {
        held.set(stage.name, comparison.because);
        return end;
      }
      const digests = `digest ${short(manifest.digest)} instead of ${short(locked.digest)}`;
      const message = `other bytes than in ${basename(file)}: ${digests}; ${explanation(comparison)}`;
      return { state: 'failed', failure: failureOf(message, stage, comparison), seconds: end.seconds };
    },
  };
}

function failureOf(message: string, { name }: StageSpec, { key }: Comparison): StageFailure {
  const hint =
    key === 'same'
      ? `Run \`pipeline run SPEC --force ${name}\` to see whether it gives other bytes each time on this machine.`
      : 'If the change is meant, run without `--locked` and write the lock again with `pipeline lock`.';
  return { code: 'E_LOCKED', message, hint, output: [], log: '' };
}

function short(digest: string): string {
  return digest.slice(0, 12);
}
