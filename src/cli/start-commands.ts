/** Names and flags of the commands that need no spec: init, schema, config, completion. */
import { Argument, type Command } from 'commander';
import type { ConfigOptions } from './commands/config.ts';
import type { InitOptions } from './commands/init.ts';
import { example, type Done } from './commands/flags.ts';
import { SHELLS } from './completion/scripts.ts';

export function addStartCommands(root: Command, done: Done): void {
  root
    .command('init')
    .argument('[file]', 'file to write', 'experiment.yaml')
    .option(
      '--from <data>',
      'data that the spec is to fit: a table, SQuAD, MS MARCO or BEIR, or a folder of splits',
    )
    .description('write a commented starter spec')
    .action(async (file: string, options: InitOptions) => {
      const { initCommand } = await import('./commands/init.ts');
      done(await initCommand(file, options));
    });

  root
    .command('schema')
    .argument('[kind]', 'only the parameters of this stage kind')
    .description('print the JSON Schema of specs, for editors')
    .action(async (kind: string | undefined) => {
      const { schemaCommand } = await import('./commands/schema.ts');
      done(schemaCommand(kind));
    });

  root
    .command('config')
    .argument('[spec]', 'the spec for which it counts (default: the working folder)')
    .option('--json', 'print JSON')
    .description('show what is configured, and where each value comes from')
    .action(async (spec: string | undefined, options: ConfigOptions) => {
      const { configCommand } = await import('./commands/config.ts');
      done(await configCommand(spec, options));
    });

  root
    .command('completion')
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .description(
      'print a script with which the shell completes commands, flags, files, stages and parameters',
    )
    .addHelpText('after', example('source <(pipeline completion bash)', 'pipeline completion fish | source'))
    .action(async (shell: (typeof SHELLS)[number]) => {
      const { completionCommand } = await import('./commands/completion.ts');
      done(completionCommand(shell));
    });
}
