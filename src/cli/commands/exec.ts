/** `pipeline exec`: the command with which schedulers and workers execute one stage. */
import { dirname, join, resolve } from 'node:path';
import { runTask } from '../../execute/executors/run-task.ts';
import { readTask, taskFiles } from '../../execute/executors/task.ts';
import type { JobResult } from '../../execute/executor.ts';
import { openCatalogue } from '../../kinds/catalogue.ts';
import { configFor, storesOf, type ConfigFlags } from '../../session.ts';
import { storeLayout } from '../../store/layout.ts';
import { printNotice } from '../render/output.ts';
import { INTERRUPTED, onInterrupt } from './interrupt.ts';
import { storeNotice } from './stores.ts';

export interface ExecOptions extends Pick<ConfigFlags, 'store' | 'remote' | 'push'> {
  readonly task: string;
  readonly project?: string;
}

/** The worker has another code than the one that planned the task, or other files: another worker may have the right ones. */
const UNFIT = 3;

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
  try {
    const result = await runTask(task, taskFiles(file), environment, {
      stop,
      kill,
      limit: limit.signal,
      uploaded: async (ending) => remote?.settle(ending),
    });
    return conclude(task.job.stage, result);
  } finally {
    process.removeListener('SIGUSR1', onLimit);
    remote?.close();
    dispose();
  }
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
