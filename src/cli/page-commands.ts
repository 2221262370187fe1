/** Names and flags of the commands that show results in a browser. */
import type { Command } from 'commander';
import { collect, example, withStore, type Done } from './commands/flags.ts';
import type { ReportOptions } from './commands/report.ts';

export function addPageCommands(root: Command, done: Done): void {
  withStore(root.command('report'))
    .argument('<spec>', 'YAML file of the experiment, a recorded run (id, tag, latest), or the id of a sweep')
    .description('write the results as one HTML file that opens anywhere, without a network')
    .option('-o, --output <file>', 'file to write', 'report.html')
    .option('--set <stage.param=value>', 'as for `run`; repeatable', collect)
    .option('--params <file>', 'as for `run`')
    .option('--baseline <name>', 'of a sweep: the configuration that the others are compared with')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      example('pipeline report latest', 'pipeline report experiment.yaml -o results.html'),
    )
    .action(async (spec: string, options: ReportOptions) => {
      const { reportCommand } = await import('./commands/report.ts');
      done(await reportCommand(spec, options));
    });
}
