/** Names and flags of the commands on recorded runs: runs, compare, reproduce, tag, sql. */
import type { Command } from 'commander';
import {
  collect,
  example,
  ON_REMOTE,
  positive,
  withLocalStore,
  withStore,
  type Done,
} from './commands/flags.ts';
import type { CompareOptions } from './commands/compare.ts';
import type { LogsOptions } from './commands/logs.ts';
import type { ReproduceOptions } from './commands/reproduce.ts';
import type { RunsOptions } from './commands/runs.ts';
import type { SqlOptions } from './commands/sql.ts';
import type { TagOptions } from './commands/tag.ts';

const RUN = 'a run: its id or part of it, a tag, latest, or latest~2';

export function addHistoryCommands(root: Command, done: Done): void {
  addRuns(root, done);
  addLogs(root, done);

  withStore(root.command('compare'))
    .argument('<run...>', `two or more runs, each ${RUN}`)
    .description('show in which parameters, metrics and contents runs differ, with significance tests')
    .option('--all', 'show what is equal too')
    .option('--no-significance', 'leave out the significance tests')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      example('pipeline compare latest~1 latest', 'pipeline compare baseline 1a2b3c 4d5e6f'),
    )
    .action(async (runs: readonly string[], options: CompareOptions) => {
      const { compareCommand } = await import('./commands/compare.ts');
      done(await compareCommand(runs, options));
    });

  withStore(root.command('reproduce'))
    .argument('<run>', RUN)
    .description('execute a recorded run again in a clean store and compare the digests')
    .option('--stage <stage>', 'only this stage, from its recorded inputs')
    .option(
      '--times <n>',
      'number of executions; every second one uses one thread unless --threads is given',
      positive,
      1,
    )
    .option('--into <folder>', 'create the clean stores in this empty folder and keep them')
    .option('--jobs <n>', 'number of stages that may execute concurrently (default: cores)', positive)
    .option('--threads <n>', 'compute threads per stage', positive)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      example('pipeline reproduce latest', 'pipeline reproduce latest --stage model --times 4'),
    )
    .action(async (run: string, options: ReproduceOptions) => {
      const { reproduceCommand } = await import('./commands/reproduce.ts');
      done(await reproduceCommand(run, options));
    });

  withStore(root.command('tag'))
    .argument('<run>', RUN)
    .argument('[tag...]', 'names for the run')
    .description('add tags and a note to a run; the artifacts of tagged runs are never collected as garbage')
    .option('--remove', 'remove these tags')
    .option('--note <text>', 'note on the run; an empty one removes it')
    .option('--json', 'print JSON')
    .addHelpText('after', example('pipeline tag latest baseline --note "before hard negatives"'))
    .action(async (run: string, tags: readonly string[], options: TagOptions) => {
      const { tagCommand } = await import('./commands/tag.ts');
      done(await tagCommand(run, tags, options));
    });

  withStore(root.command('sql'))
    .argument('<statement>', 'a DuckDB SELECT over the tables runs, params, metrics and stages')
    .description('query the recorded runs with SQL')
    .option('--json', 'print an array of objects')
    .option('--csv', 'print comma-separated values')
    .addHelpText(
      'after',
      example(
        `pipeline sql "select id, started, result from runs where outcome = 'done' order by started desc limit 5"`,
        `pipeline sql "select p.value as margin, max(m.number) as mrr from params p join metrics m using (run)\n                where p.name = 'model.loss.margin' and m.name = 'mrr@10' group by 1 order by 2 desc"`,
      ),
    )
    .action(async (statement: string, options: SqlOptions) => {
      const { sqlCommand } = await import('./commands/sql.ts');
      done(await sqlCommand(statement, options));
    });
}

function addLogs(root: Command, done: Done): void {
  withStore(root.command('logs'))
    .argument('<spec>', `YAML file of the experiment, or ${RUN}`)
    .argument('<stage>', 'stage whose output to print')
    .description('print what a stage printed in its latest execution, or in a recorded run')
    .option('-f, --follow', 'print what it still prints, until it ends')
    .option('--set <stage.param=value>', 'as for `run`; repeatable', collect)
    .option('--params <file>', 'as for `run`')
    .addHelpText('after', example('pipeline logs experiment.yaml model -f', 'pipeline logs latest model'))
    .action(async (target: string, stage: string, options: LogsOptions) => {
      const { logsCommand } = await import('./commands/logs.ts');
      done(await logsCommand(target, stage, options));
    });
}

function addRuns(root: Command, done: Done): void {
  withLocalStore(root.command('runs'))
    .option(...ON_REMOTE)
    .description('list recorded runs with their results, a sweep as one row')
    .option('--spec <name>', 'only runs of this spec: its name or the end of its path')
    .option('--outcome <outcome>', 'only runs with this outcome: done, failed or interrupted')
    .option('--tag <tag>', 'only runs with this tag')
    .option('--sweep <id>', 'the runs of this sweep, one row each: its id or part of it')
    .option(
      '--where <condition>',
      "condition on a parameter, metric or field, such as 'report.mrr@10>0.4'; repeatable",
      collect,
    )
    .option('--since <when>', 'only runs since an age or a date: 7d, 12h, 2026-01-31')
    .option('--sort <name>', 'sort by a field, parameter or metric; -name sorts in descending order')
    .option('--columns <names>', 'comma-separated fields, parameters and metrics to show')
    .option('--diff', 'add a column for each parameter that differs between the runs shown')
    .option('--limit <n>', 'number of rows to show', positive, 20)
    .option('--all', 'show all runs')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      example(
        'pipeline runs --since 7d --outcome done',
        "pipeline runs --where 'model.loss.margin=0.2' --sort -report.mrr@10 --columns id,report.mrr@10,tags",
      ),
    )
    .action(async (options: RunsOptions) => {
      const { runsCommand } = await import('./commands/runs.ts');
      done(await runsCommand(options));
    });
}
