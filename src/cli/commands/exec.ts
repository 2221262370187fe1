/** `pipeline exec`: the command with which schedulers and workers execute one stage. */
import { dirname, join, resolve } from 'node:path';
import { monotonic } from '../../base/clock.ts';
import { runTask } from '../../execute/executors/run-task.ts';
import { readTask, taskFiles, type TaskFiles } from '../../execute/executors/task.ts';
import { readTaskList, taking } from '../../execute/executors/task-list.ts';
import type { JobResult } from '../../execute/executor.ts';
import { openCatalogue } from '../../kinds/catalogue.ts';
import { configFor, storesOf, type ConfigFlags } from '../../session.ts';
import { storeLayout } from '../../store/layout.ts';
import { printNotice } from '../render/output.ts';
import { INTERRUPTED, onInterrupt } from './interrupt.ts';
import { storeNotice } from './stores.ts';

export interface ExecOptions extends Pick<ConfigFlags, 'store' | 'remote' | 'push'> {
  readonly task: string;
  /** A list of tasks that it is one of. */
  readonly then?: string;
  /** Seconds. */
  readonly for?: number;
  readonly project?: string;
}

/** The worker has another code than the one that planned the task, or other files: another worker may have the right ones. */
const UNFIT = 3;
const DEFAULT_SECONDS = 30;

export async function execCommand(options: ExecOptions): Promise<number> {
  const file = resolve(options.task);
  const task = readTask(file);
  const layout = storeLayout(resolve(options.store ?? process.env['PIPELINE_STORE'] ?? storeAround(file)));
  const project = resolve(options.project ?? task.project);
  const config = await configFor(options, join(project, 'spec'));
  const { store, remote } = await storesOf(config, layout, storeNotice);
  const environment = { layout, store, project, kinds: openCatalogue(layout) };
  const { stop, kill, dispose } = onInterrupt(true);
  stop.addEventListener('abort', () => remote?.interrupt());
  const limit = new AbortController();
  const onLimit = (): void => {
    limit.abort();
  };
  process.on('SIGUSR1', onLimit);
  const end = monotonic() + (options.for ?? DEFAULT_SECONDS) * 1000;
  let code = 0;
  const mayGoOn = (): boolean => code === 0 && monotonic() < end && !stop.aborted && !limit.signal.aborted;
  try {
    for (const files of tasksOf(file, options, mayGoOn)) {
      const next = readTask(files.task);
      const result = await runTask(next, files, environment, {
        stop,
        kill,
        limit: limit.signal,
        isOwnLimit: files.task === file,
        uploaded: async (ending) => remote?.settle(ending),
      });
      code = conclude(next.job.stage, result);
    }
    return code;
  } finally {
    process.removeListener('SIGUSR1', onLimit);
    remote?.close();
    dispose();
  }
}

function tasksOf(file: string, { then }: ExecOptions, mayGoOn: () => boolean): Iterable<TaskFiles> {
  const own = taskFiles(file);
  return then === undefined ? [own] : taking(own, readTaskList(resolve(then)), mayGoOn);
}

/** Tasks are in `tasks/KEY/` of their store. */
function storeAround(task: string): string {
  return dirname(dirname(dirname(task)));
}

function conclude(stage: string, result: JobResult): number {
  switch (result.state) {
    case 'executed':
    case 'found':
      return 0;
    case 'stopped':
      return INTERRUPTED;
    case 'lacking':
      printNotice(
        `'${stage}': inputs are not in the store: ${result.inputs.map((one) => one.stage).join(', ')}`,
      );
      return UNFIT;
    case 'changed':
      printNotice(`'${stage}': files are not as they were planned: ${result.changes.join('; ')}`);
      return UNFIT;
    case 'failed': {
      const { code, message, hint } = result.failure;
      printNotice(`'${stage}' failed (${code}): ${message}`);
      if (hint !== null) printNotice(`hint: ${hint}`);
      return code === 'E_VERSION' ? UNFIT : 1;
    }
  }
}
