import { availableParallelism, cpus, platform, arch } from 'node:os';
import { timestamp } from '../base/clock.ts';
import { ownPackage } from '../base/installation.ts';
import { makePlan } from '../plan/plan.ts';
import { selectStages } from '../plan/select.ts';
import { checkSelection, runPlan, type RunResult } from '../run/run.ts';
import {
  newRunId,
  readRunRecord,
  runIds,
  writeRunRecord,
  type RunRecord,
  type StageRecord,
} from '../runs/record.ts';
import type { StageResultRecord } from '../run/run.ts';
import { removeAbandonedWork } from '../store/work.ts';
import { forcedStages } from './forced.ts';
import { onInterrupt } from './interrupt.ts';
import { printNotice, printResult, styleFor, useColor } from './output.ts';
import { planCommand, type PlanOptions } from './plan.ts';
import { reportTables } from './report-tables.ts';
import { jsonReporter } from './reporters/json.ts';
import { linesReporter } from './reporters/lines.ts';
import type { Reporter } from './reporters/reporter.ts';
import { openSession, sessionPlanner, type Session } from './session.ts';

export interface RunCommandOptions extends PlanOptions {
  readonly jobs?: number;
  readonly threads?: number;
  readonly keepGoing?: boolean;
  readonly dryRun?: boolean;
}

const EXIT = { done: 0, failed: 1, interrupted: 130 } as const;

/** `pipeline run`: makes everything that is not there yet. */
export async function runCommand(file: string, options: RunCommandOptions): Promise<number> {
  if (options.dryRun) return planCommand(file, options);
  const session = await openSession(file, options);
  const { spec, layout } = session;
  const selected = selectStages(spec, options);
  const forced = forcedStages(spec, options.force, selected);
  const planner = await sessionPlanner(session, forced);
  const plan = makePlan(planner, selected);
  checkSelection(plan.entries, selected);
  const toExecute = plan.entries.filter(({ plan: { state } }) => state === 'run' || state === 'waiting');
  if (toExecute.length > 0) removeAbandonedWork(layout);

  const names = toExecute.map(({ stage }) => stage.name);
  const reporter = await chooseReporter(options.json === true, names);
  const { stop, kill, dispose } = onInterrupt(names.length > 0);
  const started = timestamp();
  const id = newRunId(started);
  const result = await runPlan({
    planner,
    selected,
    run: id,
    layout,
    project: spec.directory,
    engine: planner.engine,
    jobs: options.jobs ?? availableParallelism(),
    threads: options.threads ?? availableParallelism(),
    keepGoing: options.keepGoing === true,
    stop,
    kill,
    emit: reporter.onEvent,
  });
  await reporter.close();
  dispose();
  keepRecord(session, recordOf(session, id, started, result, planner.engine), result);
  if (options.json !== true) printOutcome(file, options, result);
  return EXIT[result.outcome];
}

async function chooseReporter(json: boolean, toExecute: readonly string[]): Promise<Reporter> {
  if (json) return jsonReporter();
  const live = process.stderr.isTTY && process.stdout.isTTY && !process.env['CI'] && toExecute.length > 0;
  if (!live) return linesReporter();
  const { treeReporter } = await import('./reporters/tree.ts');
  return treeReporter(toExecute);
}

function printOutcome(file: string, options: RunCommandOptions, result: RunResult): void {
  const style = styleFor(useColor(process.stdout));
  const tables = reportTables(result, style);
  if (tables !== '') printResult(tables);
  if (result.outcome === 'done') return;
  const store = options.store === undefined ? '' : ` --store ${options.store}`;
  printNotice(`Finished stages are kept. To go on from here: pipeline run ${file}${store}`);
}

function recordOf(
  { spec }: Session,
  id: string,
  started: string,
  result: RunResult,
  engine: RunRecord['engine'],
): RunRecord {
  return {
    format: 1,
    id,
    spec: { name: spec.name, file: spec.file },
    params: spec.params,
    engine,
    started,
    seconds: result.seconds,
    outcome: result.outcome,
    parameters: Object.fromEntries(spec.stages.map((stage) => [stage.name, stage.with])),
    stages: Object.fromEntries(result.stages.map((entry) => [entry.stage.name, stageRecord(entry)])),
    environment: {
      version: ownPackage().version,
      node: process.version,
      platform: `${platform()}-${arch()}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      threads: availableParallelism(),
    },
  };
}

function stageRecord({ stage, end }: StageResultRecord): StageRecord {
  const base = { kind: stage.kind.name, state: end.state, key: null, digest: null, seconds: 0, metrics: {} };
  if (end.state === 'executed' || end.state === 'cached') {
    const { key, digest, metrics } = end.artifact.manifest;
    return { ...base, key, digest, metrics, seconds: end.seconds };
  }
  return end.state === 'failed' ? { ...base, seconds: end.seconds, error: end.failure.message } : base;
}

/** A run that executed nothing and repeats the latest one leaves no record: it would only tell the same again. */
function keepRecord({ layout }: Session, record: RunRecord, result: RunResult): void {
  const executed = result.stages.some(({ end }) => end.state === 'executed' || end.state === 'failed');
  if (!executed) {
    const latest = runIds(layout)[0];
    const before = latest === undefined ? undefined : readRunRecord(layout, latest);
    const keys = (stages: RunRecord['stages']): string =>
      JSON.stringify(Object.entries(stages).map(([name, stage]) => [name, stage.key]));
    if (before && before.spec.file === record.spec.file && keys(before.stages) === keys(record.stages))
      return;
  }
  try {
    writeRunRecord(layout, record);
  } catch (error) {
    printNotice(`the run could not be recorded: ${(error as Error).message}`);
  }
}
