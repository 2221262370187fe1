/** What becomes of a stage that has to run. */
import type { Decision } from '../plan/decision.ts';
import type { Artifact } from '../store/local/artifacts.ts';
import type { StageFailure } from './events.ts';

export type ToRun = Extract<Decision, { state: 'run' }>;

export type StageEnd =
  | { readonly state: 'executed' | 'cached'; readonly artifact: Artifact; readonly seconds: number }
  | { readonly state: 'failed'; readonly failure: StageFailure; readonly seconds: number }
  | { readonly state: 'skipped'; readonly because: string };
