/** Names and flags of the commands that execute stages for a coordinator elsewhere. */
import { Option, type Command } from 'commander';
import { EXECUTORS } from '../execute/executors/choose.ts';
import type { ExecOptions } from './commands/exec.ts';
import type { Done } from './commands/flags.ts';

/** The flags of commands that execute stages. */
export function withExecutor(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--executor <name>',
        'where stages execute: local, on this machine; slurm, as jobs of a cluster; queue, on workers (default: PIPELINE_EXECUTOR, or local)',
      ).choices(EXECUTORS),
    )
    .option('--detach', 'with slurm and queue: leave the jobs running when this command is interrupted');
}

export function addExecutorCommands(root: Command, done: Done): void {
  root
    .command('exec')
    .description('execute one stage of a run that another machine coordinates; schedulers call it')
    .requiredOption('--task <file>', 'file of the task, as the coordinator wrote it into the store')
    .option('--store <folder>', 'folder of the artifacts (default: PIPELINE_STORE, or the store of the task)')
    .option('--project <folder>', "the spec's folder on this machine (default: as where it was planned)")
    .action(async (options: ExecOptions) => {
      const { execCommand } = await import('./commands/exec.ts');
      done(await execCommand(options));
    });
}
