/** `pipeline logs`: what a stage has printed, and what it prints while it runs. */
import { existsSync } from 'node:fs';
import { followFile } from '../../base/follow-file.ts';
import { PipelineError } from '../../base/diagnostic.ts';
import { readRun } from '../../history/find.ts';
import { latestLog, recordedLog, type StageLog } from '../../history/stage-logs.ts';
import { knownStage } from '../../plan/select.ts';
import { layoutFor, openStore, type SpecOptions } from '../../session.ts';
import type { StoreLayout } from '../../store/layout.ts';
import { isLocked } from '../../store/lock.ts';
import { printNotice, printPart } from '../render/output.ts';
import { INTERRUPTED, onInterrupt } from './interrupt.ts';
import { openSpec } from './open-spec.ts';
import { meansRun } from './show.ts';

export interface LogsOptions extends SpecOptions {
  readonly follow?: boolean;
}

export async function logsCommand(target: string, stage: string, options: LogsOptions): Promise<number> {
  const { layout, log } = meansRun(target, existsSync(target))
    ? await logOfRun(target, stage, options)
    : await logOfSpec(target, stage, options);
  const isWritten = (): boolean => log.key !== null && isLocked(layout, log.key);
  if (!existsSync(log.path) && !(options.follow && isWritten())) throw gone(stage, log.path);
  return print(stage, log.path, options.follow === true ? isWritten : () => false);
}

interface Found {
  readonly layout: StoreLayout;
  readonly log: StageLog;
}

async function logOfSpec(file: string, stage: string, options: LogsOptions): Promise<Found> {
  const layout = await layoutFor(file, options);
  const { spec } = await openSpec(file, options);
  const name = knownStage(
    spec.stages.map((one) => one.name),
    stage,
  );
  const log = latestLog(layout, spec.name, name);
  if (log) return { layout, log };
  throw new PipelineError('E_USAGE', `'${name}' has not been executed in ${layout.root}`, {
    hint: `Run \`pipeline run ${file}\` first, or name another store with \`--store\`.`,
  });
}

async function logOfRun(run: string, stage: string, options: LogsOptions): Promise<Found> {
  const layout = await openStore(options);
  const record = readRun(layout, run);
  const name = knownStage(Object.keys(record.stages), stage);
  const { state, ...rest } = record.stages[name]!;
  const log = recordedLog(layout, { state, ...rest });
  if (log) return { layout, log };
  throw new PipelineError('E_USAGE', `'${name}' was not executed in the run ${record.id}: it is ${state}`, {
    hint: `Run \`pipeline show ${record.id}\` for what came of each stage.`,
  });
}

function gone(stage: string, path: string): PipelineError {
  return new PipelineError('E_USAGE', `the log of '${stage}' is not there: ${path}`, {
    hint: 'Logs are on the machine that executed the stage, and `pipeline gc` removes those older than 30 days.',
  });
}

async function print(stage: string, path: string, isWritten: () => boolean): Promise<number> {
  const { stop, dispose } = onInterrupt(true, () => '');
  let printed = 0;
  try {
    await followFile(path, {
      isWritten,
      signal: stop,
      onText: (text) => {
        printed += text.length;
        printPart(text);
      },
      onRestart: () => {
        printNotice(`the log of '${stage}' begins anew: another attempt or another run`);
      },
    });
  } catch (error) {
    if (stop.aborted) return INTERRUPTED;
    throw error;
  } finally {
    dispose();
  }
  if (printed === 0) printNotice(`'${stage}' has printed nothing`);
  return 0;
}
