/** Names and flags of the commands that execute stages for a coordinator elsewhere. */
import { Option, type Command } from 'commander';
import { EXECUTORS } from '../execute/executors/choose.ts';
import type { ExecOptions } from './commands/exec.ts';
import { bytes, example, positive, REMOTE_FLAG, whole, type Done } from './commands/flags.ts';
import type { WorkerCommandOptions } from './commands/worker.ts';

/** The flags of commands that execute stages. */
export function withExecutor(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--executor <name>',
        'where stages execute: local, on this machine; slurm, as jobs of a cluster; queue, on workers (default: PIPELINE_EXECUTOR, or local)',
      ).choices(EXECUTORS),
    )
    .option('--queue <url>', 'Redis or Valkey server of the queue (default: PIPELINE_QUEUE, or queue.url)')
    .option('--detach', 'with slurm and queue: leave the jobs running when this command is interrupted');
}

export function addExecutorCommands(root: Command, done: Done): void {
  root
    .command('exec')
    .description('execute one stage of a run that another machine coordinates; schedulers call it')
    .requiredOption('--task <file>', 'file of the task, as the coordinator wrote it into the store')
    .option('--then <file>', 'list with the task and others: afterwards, execute those that nobody has begun')
    .option('--for <seconds>', 'begin with none of them later than this (default: 30)', whole)
    .option('--store <folder>', 'folder of the artifacts (default: PIPELINE_STORE, or the store of the task)')
    .option('--project <folder>', "the spec's folder on this machine (default: as where it was planned)")
    .option(...REMOTE_FLAG)
    .option('--no-push', 'upload nothing to the remote store')
    .action(async (options: ExecOptions) => {
      const { execCommand } = await import('./commands/exec.ts');
      done(await execCommand(options));
    });

  root
    .command('worker')
    .description('execute stages that runs with --executor queue hand out, until it is interrupted')
    .option('--queue <url>', 'Redis or Valkey server of the queue (default: PIPELINE_QUEUE, or queue.url)')
    .option('--store <folder>', 'folder of the artifacts, shared with the other machines')
    .option('--remote <url>', 'remote store that the machines share')
    .option(
      '--project <folder>',
      'copy of the project on this machine (default: the one around the working folder)',
    )
    .option('--jobs <n>', 'number of stages that may execute concurrently (default: 1)', positive)
    .option('--threads <n>', 'compute threads, divided among them (default: cores)', positive)
    .option('--memory <size>', 'memory for `resources.memory` of stages (default: all memory)', bytes)
    .option('--gpus <n>', 'GPUs for `resources.gpu` of stages (default: those of the machine)', whole)
    .addHelpText('after', example('pipeline worker --queue redis://box1:6379 --store /mnt/shared/artifacts'))
    .action(async (options: WorkerCommandOptions) => {
      const { workerCommand } = await import('./commands/worker.ts');
      done(await workerCommand(options));
    });
}
