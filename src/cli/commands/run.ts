import { timestamp } from '../../base/clock.ts';
import { refuseMissingSplits } from '../../plan/missing-splits.ts';
import { makePlan, type Plan } from '../../plan/plan.ts';
import { forcedStages, selectStages } from '../../plan/select.ts';
import { capacityOf, type CapacityOptions } from '../../execute/capacity.ts';
import type { Executor } from '../../execute/executor.ts';
import type { ExecutorOptions } from '../../execute/executors/choose.ts';
import { notingLogs } from '../../execute/noting-logs.ts';
import {
  checkSelection,
  runPlan,
  warningsOf,
  type RunResult,
  type StageResultRecord,
} from '../../execute/run.ts';
import { newRunId } from '../../history/record.ts';
import { beginUse, type Use } from '../../store/local/use.ts';
import { removeAbandonedWork } from '../../store/local/work.ts';
import { planWithInputs } from './await-inputs.ts';
import { onInterrupt, type Interrupt } from './interrupt.ts';
import { isTerminal, printNotice, printResult, styleFor, useColor } from '../render/output.ts';
import type { PlanOptions } from './plan.ts';
import { reportTables } from '../render/report-tables.ts';
import { jsonReporter } from '../render/reporters/json.ts';
import { linesReporter } from '../render/reporters/lines.ts';
import type { Reporter } from '../render/reporters/reporter.ts';
import { shellWord } from '../render/text.ts';
import { warningCount } from '../render/warnings.ts';
import { recordEvents } from '../../execute/record-events.ts';
import { recordRun } from '../../execute/record-run.ts';
import { openSpec } from './open-spec.ts';
import { sessionPlanner, stageExecutor } from '../../session.ts';
import { finishUploads } from './uploads.ts';

export interface RunCommandOptions extends PlanOptions, CapacityOptions, ExecutorOptions {
  readonly keepGoing?: boolean;
  readonly locked?: boolean;
  /** Seconds to wait for inputs that other machines make. */
  readonly wait?: number;
  readonly dryRun?: boolean;
  readonly watch?: boolean;
}

/** Who else decides when a run ends: `run --watch`. */
export interface RunControl extends Pick<Interrupt, 'stop' | 'kill'>, Partial<Pick<Interrupt, 'dispose'>> {
  readonly wrap: (executor: Executor) => Executor;
}

const EXIT = { done: 0, failed: 1, interrupted: 130 } as const;

const UNWATCHED =
  'strict: this machine permits no mount namespace, so reads by an absolute path are not watched (docs/SPEC.md)';

/** `pipeline run`: executes every stage that is not cached, prints the progress and the reports. */
export async function runCommand(
  file: string,
  options: RunCommandOptions,
  control?: RunControl,
): Promise<number> {
  if (options.dryRun) return (await import('./plan.ts')).planCommand(file, options);
  const session = await openSpec(file, options);
  const { spec, store, layout, remote } = session;
  const selected = selectStages(spec, options);
  const forced = forcedStages(spec, options.force, selected);
  let use: Use | undefined;
  const planner = await sessionPlanner(session, forced, (kind, key) => use?.add(kind, key));
  const make = (): Promise<Plan> => makePlan(planner, selected);
  const plan = options.wait === undefined ? await make() : await planWithInputs(make, selected, options.wait);
  checkSelection(plan.entries, selected);
  refuseMissingSplits(plan.entries, selected);
  const hold = options.locked ? (await import('./locked.ts')).openHold(planner, selected) : undefined;
  const toExecute = plan.entries.filter(({ plan: { state } }) => state === 'run' || state === 'waiting');
  // Before anything is drawn or taken over: it refuses flags that do not fit the executor.
  const executor = await stageExecutor(session, spec.directory, options);
  if (toExecute.length > 0) {
    removeAbandonedWork(layout);
    use = beginUse(layout);
  }

  if (spec.strict && toExecute.length > 0) await noteUnwatched();
  const names = toExecute.map(({ stage }) => stage.name);
  const reporter = await chooseReporter(options.json === true, names);
  const { stop, kill, dispose } = control ?? onInterrupt(names.length > 0);
  stop.addEventListener('abort', () => remote?.interrupt());
  const started = timestamp();
  const id = newRunId(started);
  const emit = notingLogs(layout, spec.name, reporter.onEvent);
  // A run with nothing to do is over before anybody could watch it.
  const recorder = toExecute.length > 0 ? recordEvents(layout, { id, started, spec }, emit) : undefined;
  try {
    const result = await runPlan({
      planner,
      selected,
      run: id,
      store,
      executor: control ? control.wrap(executor) : executor,
      capacity: (executor.capacity ?? capacityOf)(options),
      keepGoing: options.keepGoing === true,
      stop,
      kill,
      emit: recorder?.emit ?? emit,
      review: hold?.review,
    }).finally(() => reporter.close());
    const unrecorded = recordRun(spec, layout, { id, started, result, engine: planner.engine });
    if (unrecorded !== undefined) printNotice(unrecorded);
    if (options.json !== true) {
      printOutcome(file, options, result, control === undefined);
      hold?.print();
    }
    await finishUploads(remote, { stop, layout, since: started, spec: file });
    return EXIT[result.outcome];
  } finally {
    recorder?.close();
    await executor.close?.();
    remote?.close();
    dispose?.();
    use?.close();
  }
}

async function noteUnwatched(): Promise<void> {
  const { namespaceTools } = await import('../../base/namespaces.ts');
  if (!namespaceTools()) printNotice(UNWATCHED);
}

async function chooseReporter(json: boolean, toExecute: readonly string[]): Promise<Reporter> {
  if (json) return jsonReporter();
  const live = toExecute.length > 0 && isTerminal('stderr') && isTerminal('stdout') && !process.env['CI'];
  if (!live) return linesReporter();
  const { treeReporter } = await import('../render/reporters/tree.ts');
  return treeReporter(toExecute);
}

function printOutcome(file: string, options: RunCommandOptions, result: RunResult, hasHint: boolean): void {
  const style = styleFor(useColor('stdout'));
  const store = options.store === undefined ? '' : ` --store ${options.store}`;
  const tables = reportTables(result, style);
  if (tables !== '') printResult(tables);
  const recalled = result.stages.filter(({ end }) => end.state === 'cached' && warningsOf(end).length > 0);
  if (recalled.length > 0) printNotice(recalledText(recalled, `${file}${store}`));
  if (result.outcome === 'done' || !hasHint) return;
  printNotice(`Finished stages are kept. To continue: pipeline run ${file}${store}${valuesText(options)}`);
}

/** The flags without which the same command would plan other stages. */
function valuesText({ set = [], params, locked }: RunCommandOptions): string {
  return [
    ...(params === undefined ? [] : ['--params', params]),
    ...set.flatMap((value) => ['--set', value]),
    ...(locked === true ? ['--locked'] : []),
  ]
    .map((word) => ` ${shellWord(word)}`)
    .join('');
}

/** Warnings of cached stages are counted, because they were shown when the stages were executed. */
function recalledText(stages: readonly StageResultRecord[], spec: string): string {
  const count = stages.reduce((sum, { end }) => sum + warningsOf(end).length, 0);
  const names = stages.map(({ stage }) => stage.name);
  const only = names.length === 1 ? ` ${names[0]!}` : '';
  return `${warningCount(count)} of cached results (${names.join(', ')}): pipeline show ${spec}${only}`;
}
