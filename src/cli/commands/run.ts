import { timestamp } from '../../base/clock.ts';
import { refuseMissingSplits } from '../../plan/missing-splits.ts';
import { makePlan } from '../../plan/plan.ts';
import { forcedStages, selectStages } from '../../plan/select.ts';
import { capacityOf, type CapacityOptions } from '../../execute/capacity.ts';
import { checkSelection, runPlan, type RunResult } from '../../execute/run.ts';
import { newRunId } from '../../history/record.ts';
import { beginUse, type Use } from '../../store/local/use.ts';
import { removeAbandonedWork } from '../../store/local/work.ts';
import { onInterrupt } from './interrupt.ts';
import { printNotice, printResult, styleFor, useColor } from '../render/output.ts';
import { planCommand, type PlanOptions } from './plan.ts';
import { reportTables } from '../render/report-tables.ts';
import { jsonReporter } from '../render/reporters/json.ts';
import { linesReporter } from '../render/reporters/lines.ts';
import type { Reporter } from '../render/reporters/reporter.ts';
import { recordRun } from '../../execute/record-run.ts';
import { openSpec } from './open-spec.ts';
import { sessionPlanner, stageExecutor } from '../../session.ts';

export interface RunCommandOptions extends PlanOptions, CapacityOptions {
  readonly keepGoing?: boolean;
  readonly dryRun?: boolean;
}

const EXIT = { done: 0, failed: 1, interrupted: 130 } as const;

/** `pipeline run`: executes every stage that is not cached, prints the progress and the reports. */
export async function runCommand(file: string, options: RunCommandOptions): Promise<number> {
  if (options.dryRun) return planCommand(file, options);
  const session = await openSpec(file, options);
  const { spec, store, layout } = session;
  const selected = selectStages(spec, options);
  const forced = forcedStages(spec, options.force, selected);
  let use: Use | undefined;
  const planner = await sessionPlanner(session, forced, (kind, key) => use?.add(kind, key));
  const plan = await makePlan(planner, selected);
  checkSelection(plan.entries, selected);
  refuseMissingSplits(plan.entries, selected);
  const toExecute = plan.entries.filter(({ plan: { state } }) => state === 'run' || state === 'waiting');
  if (toExecute.length > 0) {
    removeAbandonedWork(layout);
    use = beginUse(layout);
  }

  const names = toExecute.map(({ stage }) => stage.name);
  const reporter = await chooseReporter(options.json === true, names);
  const { stop, kill, dispose } = onInterrupt(names.length > 0);
  const started = timestamp();
  const id = newRunId(started);
  try {
    const result = await runPlan({
      planner,
      selected,
      run: id,
      store,
      executor: stageExecutor(session, spec.directory),
      capacity: capacityOf(options),
      keepGoing: options.keepGoing === true,
      stop,
      kill,
      emit: reporter.onEvent,
    }).finally(() => reporter.close());
    const unrecorded = recordRun(spec, layout, { id, started, result, engine: planner.engine });
    if (unrecorded !== undefined) printNotice(unrecorded);
    if (options.json !== true) printOutcome(file, options, result);
    return EXIT[result.outcome];
  } finally {
    dispose();
    use?.close();
  }
}

async function chooseReporter(json: boolean, toExecute: readonly string[]): Promise<Reporter> {
  if (json) return jsonReporter();
  const live = process.stderr.isTTY && process.stdout.isTTY && !process.env['CI'] && toExecute.length > 0;
  if (!live) return linesReporter();
  const { treeReporter } = await import('../render/reporters/tree.ts');
  return treeReporter(toExecute);
}

function printOutcome(file: string, options: RunCommandOptions, result: RunResult): void {
  const style = styleFor(useColor(process.stdout));
  const tables = reportTables(result, style);
  if (tables !== '') printResult(tables);
  if (result.outcome === 'done') return;
  const store = options.store === undefined ? '' : ` --store ${options.store}`;
  printNotice(`Finished stages are kept. To continue: pipeline run ${file}${store}`);
}
