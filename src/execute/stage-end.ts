/** The outcome of a stage that had to run. */
import type { Decision } from '../plan/decision.ts';
import type { FoundArtifact } from '../store/store.ts';
import type { StageFailure } from './events.ts';

export type ToRun = Extract<Decision, { state: 'run' }>;

export type StageEnd =
  | { readonly state: 'executed' | 'cached'; readonly artifact: FoundArtifact; readonly seconds: number }
  | { readonly state: 'failed'; readonly failure: StageFailure; readonly seconds: number }
  | { readonly state: 'skipped'; readonly because: string };

/** It cannot be executed before these stages are made again: their artifacts have no files any more. */
export interface LostInputs {
  readonly state: 'lost';
  readonly inputs: readonly string[];
}

/** The run was stopped before the stage was finished; what it had done is not kept. */
export const INTERRUPTED: StageEnd = { state: 'skipped', because: 'the run was interrupted' };
