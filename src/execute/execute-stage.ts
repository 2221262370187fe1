/**
 * The coordinator's side of an execution: makes the job, hands it to the executor, and asks the store what came of it.
 * What happens to the job itself is in `job/execute-job.ts`.
 */
import { PipelineError } from '../base/diagnostic.ts';
import type { Planner } from '../plan/planner.ts';
import type { StageSpec } from '../spec/spec.ts';
import { findWhole, type FoundArtifact, type Store } from '../store/store.ts';
import type { EventSink, RunEvent } from './events.ts';
import type { Executor, JobEvent, JobResult } from './executor.ts';
import { failureFrom } from './failure.ts';
import { inputsGone } from './inputs-gone.ts';
import { makeJob } from './job/make-job.ts';
import type { JobInput } from './job/job.ts';
import { INTERRUPTED, type LostInputs, type StageEnd, type ToRun } from './stage-end.ts';

export interface StageEnvironment {
  readonly store: Store;
  readonly executor: Executor;
  readonly planner: Planner;
  readonly threads: number;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  readonly emit: EventSink;
}

/** A job whose files keep changing is handed out at most this often. */
const MOST_EXECUTIONS = 3;

/** Has the artifact made, or finds that another process has made it. Never rejects. */
export async function executeStage(
  stage: StageSpec,
  planned: ToRun,
  inputs: ReadonlyMap<string, FoundArtifact>,
  environment: StageEnvironment,
): Promise<StageEnd | LostInputs> {
  const { store, executor, planner, stop, kill, emit } = environment;
  const { spec, engine } = planner;
  const settings = { ...environment, project: spec.directory, strict: spec.strict === true, engine };
  let seconds = 0;
  let toRun = planned;
  let told = false;
  const onEvent = (event: JobEvent): void => {
    // Executed again, it is still the same stage of the run.
    if (event.type !== 'started' || !told) emit(runEvent(stage.name, toRun, event));
    told ||= event.type === 'started';
  };
  try {
    for (let tried = 1; ; tried++) {
      const result = await executor.run(makeJob(stage, toRun, inputs, settings), { stop, kill, onEvent });
      if (result.state === 'stopped') return INTERRUPTED;
      if (result.state === 'failed') return result;
      if (result.state === 'lacking') {
        const lost = await lostAmong(result.inputs, store);
        if (lost.length > 0) return { state: 'lost', inputs: lost };
        // They are here now: another process was writing them, or the worker's network was down for a moment.
        if (tried === MOST_EXECUTIONS) throw inputsGone(result.inputs.map(({ stage: name }) => name));
        continue;
      }
      if (result.state === 'changed') {
        if (stop.aborted) return INTERRUPTED;
        const seen = await planner.refresh(stage);
        const decision = await planner.decide(stage, inputs);
        if (tried === MOST_EXECUTIONS) throw keepsChanging(stage.name, result);
        if (decision.state === 'cached') return { ...decision, seconds };
        planner.remember(stage);
        emit(changeEvent(stage.name, result, seen));
        toRun = decision;
        continue;
      }
      seconds = result.seconds;
      const artifact = await findWhole(store, stage.kind.name, toRun.key, { fresh: true });
      if (artifact) return { state: result.state === 'executed' ? 'executed' : 'cached', artifact, seconds };
      throw new PipelineError(
        'E_STORE',
        `'${stage.name}' was executed, but its artifact is not in the store`,
        {
          hint: 'Check that this machine and the one that executed the stage use the same store.',
        },
      );
    }
  } catch (error) {
    return { state: 'failed', failure: failureFrom(error, ''), seconds };
  }
}

/** The stages of which this machine cannot have the files either. */
async function lostAmong(inputs: readonly JobInput[], store: Store): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const { stage, kind, key } of inputs)
    if (!(await store.fetch(kind, key)) && !lost.includes(stage)) lost.push(stage);
  return lost;
}

type Changed = Extract<JobResult, { state: 'changed' }>;

function keepsChanging(stage: string, { when, changes }: Changed): PipelineError {
  if (when === 'before')
    return new PipelineError(
      'E_INPUT',
      `the files that '${stage}' reads where it is executed are not those of the plan: ${changes.join('; ')}`,
      { hint: 'Every machine that executes jobs needs the same files. They must not change during a run.' },
    );
  return new PipelineError(
    'E_INPUT',
    `files that '${stage}' reads were written while it ran, ${MOST_EXECUTIONS} times: ${changes.join('; ')}`,
    {
      hint: 'The result may come from either content, so it was not stored. If the stage writes these files itself, let it write to its output folder, or name only the files that it reads.',
    },
  );
}

/** `seen`: what the planner found changed. It finds nothing where a file was put back meanwhile. */
function changeEvent(stage: string, { when, changes }: Changed, seen: readonly string[]): RunEvent {
  const what = (when === 'before' && seen.length > 0 ? seen : changes).join('; ');
  return when === 'before'
    ? { type: 'stage-log', stage, level: 'info', message: `changed since the plan was made: ${what}` }
    : {
        type: 'stage-log',
        stage,
        level: 'warning',
        message: `changed while the stage ran, which is executed again: ${what}`,
      };
}

function runEvent(stage: string, { key, reasons }: ToRun, event: JobEvent): RunEvent {
  switch (event.type) {
    case 'queued':
      return { type: 'stage-queued', stage, lacks: 'executor', where: event.where };
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
