/** Names and flags of the commands that show results in a browser. */
import type { Command } from 'commander';
import { collect, example, positive, whole, withStore, type Done } from './commands/flags.ts';
import type { ReportOptions } from './commands/report.ts';
import type { ServeOptions } from './commands/serve.ts';

export function addPageCommands(root: Command, done: Done): void {
  withStore(root.command('report'))
    .argument(
      '<spec>',
      'YAML file of the experiment, a recorded run (id, tag, latest), the id of a sweep, or an exported run',
    )
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

  addServe(root, done);
}

function addServe(root: Command, done: Done): void {
  withStore(root.command('serve'))
    .argument(
      '[what]',
      'a store, a spec, a recorded run (its id, a tag, latest), or an exported one; by default the store of this project',
    )
    .description(
      'show runs, comparisons, artifacts and a search box in the browser, and answer searches by HTTP',
    )
    .option('--port <n>', 'port; 0 takes any that is free (default: 8642)', whole)
    .option('--open', 'open the page in the browser')
    .option('--host <address>', 'address to listen on; any but this machine needs --token', '127.0.0.1')
    .option('--token [token]', 'ask every request for this token; without a value, for a random one')
    .option('--search-only', 'serve the search alone, as a demo or a service')
    .option('--index <stage>', 'index, embeddings or tokens to search, if there are several')
    .option('--exact', 'compare questions with every document although there is an index')
    .option(
      '--workers <n>',
      'search threads, each with its own copy of the model (default: cores, at most 8)',
      positive,
    )
    .addHelpText(
      'after',
      example(
        'pipeline serve --open',
        'pipeline serve medquad.yaml --search-only --port 8080',
        'pipeline serve --host 0.0.0.0 --token',
      ),
    )
    .action(async (what: string | undefined, options: ServeOptions) => {
      const { serveCommand } = await import('./commands/serve.ts');
      done(await serveCommand(what, options));
    });
}
