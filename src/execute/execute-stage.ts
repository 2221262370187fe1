/**
 * The coordinator's side of an execution: makes the job, hands it to the executor, and asks the store what came of it.
 * What happens to the job itself is in `job/execute-job.ts`.
 */
import { PipelineError } from '../base/diagnostic.ts';
import type { StageSpec } from '../spec/spec.ts';
import type { Engine } from '../stage.ts';
import { findWhole, type FoundArtifact, type Store } from '../store/store.ts';
import type { EventSink, RunEvent } from './events.ts';
import type { Executor, JobEvent } from './executor.ts';
import { failureFrom } from './failure.ts';
import { makeJob } from './job/make-job.ts';
import { INTERRUPTED, type StageEnd, type ToRun } from './stage-end.ts';

export interface StageEnvironment {
  readonly store: Store;
  readonly executor: Executor;
  /** Absolute path of the spec's folder. */
  readonly project: string;
  readonly threads: number;
  readonly engine: Engine | null;
  /** Watch what commands read. */
  readonly strict?: boolean;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  readonly emit: EventSink;
}

/** Has the artifact made, or finds that another process has made it. Never rejects. */
export async function executeStage(
  stage: StageSpec,
  toRun: ToRun,
  inputs: ReadonlyMap<string, FoundArtifact>,
  environment: StageEnvironment,
): Promise<StageEnd> {
  const { store, executor, stop, kill, emit } = environment;
  let seconds = 0;
  try {
    const result = await executor.run(makeJob(stage, toRun, inputs, environment), {
      stop,
      kill,
      onEvent: (event) => {
        emit(runEvent(stage.name, toRun, event));
      },
    });
    if (result.state === 'stopped') return INTERRUPTED;
    if (result.state === 'failed') return result;
    seconds = result.seconds;
    const artifact = await findWhole(store, stage.kind.name, toRun.key);
    if (artifact) return { state: result.state === 'executed' ? 'executed' : 'cached', artifact, seconds };
    throw new PipelineError('E_STORE', `'${stage.name}' was executed, but its artifact is not in the store`, {
      hint: 'Check that this machine and the one that executed the stage use the same store.',
    });
  } catch (error) {
    return { state: 'failed', failure: failureFrom(error, ''), seconds };
  }
}

function runEvent(stage: string, { key, reasons }: ToRun, event: JobEvent): RunEvent {
  switch (event.type) {
    case 'waiting':
      return { type: 'stage-waiting', stage, sameAs: null };
    case 'started':
      return { type: 'stage-started', stage, key, reasons, log: event.log };
    case 'progress':
      return { ...event, type: 'stage-progress', stage };
    case 'log':
      return { ...event, type: 'stage-log', stage };
  }
}
