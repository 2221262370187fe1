/** Names and flags of the commands that look after the store: verify, gc, export, import, doctor. */
import { InvalidArgumentError, type Command } from 'commander';
import { PipelineError } from '../base/diagnostic.ts';
import { parseAge } from '../history/filter.ts';
import { bytes, collect, example, positive, withStore, type Done } from './commands/flags.ts';
import type { DoctorOptions } from './commands/doctor.ts';
import type { ExportOptions } from './commands/export.ts';
import type { GcOptions } from './commands/gc.ts';
import type { ImportOptions } from './commands/import.ts';
import type { VerifyOptions } from './commands/verify.ts';

function age(text: string): number {
  try {
    return parseAge(text);
  } catch (error) {
    if (error instanceof PipelineError)
      throw new InvalidArgumentError(`It takes an age such as 12h, 7d or 2w.`);
    throw error;
  }
}

const DAY = 86_400;

export function addStoreCommands(root: Command, done: Done): void {
  withStore(root.command('verify'))
    .argument('[run...]', 'only what these runs made or found')
    .description(
      'compare every file with its recorded hash; what is damaged is moved aside and made again by the next run',
    )
    .option('--keep', 'only report: move nothing')
    .option('--json', 'machine-readable')
    .addHelpText('after', example('pipeline verify', 'pipeline verify latest --keep'))
    .action(async (runs: readonly string[], options: VerifyOptions) => {
      const { verifyCommand } = await import('./commands/verify.ts');
      done(verifyCommand(runs, options));
    });

  addGc(root, done);

  withStore(root.command('doctor'))
    .description(
      'whether this machine and this store can do what is asked of them, and how to get what is missing',
    )
    .option('--json', 'machine-readable')
    .addHelpText('after', example('pipeline doctor'))
    .action(async (options: DoctorOptions) => {
      const { doctorCommand } = await import('./commands/doctor.ts');
      done(await doctorCommand(options));
    });

  withStore(root.command('export'))
    .argument('<run>', 'a run: its id or part of it, a tag, latest, or latest~2')
    .description('a run with its artifacts as one archive')
    .option('--output <file>', 'a name ending in .tar, .tar.gz or .tar.zst (default: the id and .tar.gz)')
    .option('--stage <stage>', 'only what this stage made; repeatable', collect)
    .option('--no-artifacts', 'the record alone')
    .option('--json', 'machine-readable')
    .addHelpText(
      'after',
      example('pipeline export latest --output paper.tar.gz', 'pipeline export best --stage model'),
    )
    .action(async (run: string, options: ExportOptions) => {
      const { exportCommand } = await import('./commands/export.ts');
      done(await exportCommand(run, options));
    });

  withStore(root.command('import'))
    .argument('<archive>', 'what pipeline export wrote')
    .description('take a run with its artifacts in, after checking every byte')
    .option('--json', 'machine-readable')
    .addHelpText('after', example('pipeline import paper.tar.gz --store artifacts'))
    .action(async (archive: string, options: ImportOptions) => {
      const { importCommand } = await import('./commands/import.ts');
      done(await importCommand(archive, options));
    });
}

function addGc(root: Command, done: Done): void {
  withStore(root.command('gc'))
    .description('remove artifacts that no run refers to, and leftovers of processes that are gone')
    .option(
      '--keep-runs <n>',
      'only the last n runs of each spec (and tagged ones) protect what they refer to',
      positive,
    )
    .option('--older-than <age>', 'also what no run used for this long, current results excepted', age)
    .option('--larger-than <size>', 'leave smaller artifacts alone', bytes)
    .option(
      '--max-size <size>',
      'then remove what is cheapest to make again until artifacts take no more than this',
      bytes,
    )
    .option('--spec <file>', 'keep what this spec finds cached now; repeatable', collect)
    .option('--grace <age>', 'how young an artifact without a run stays', age, DAY)
    .option('--forget', 'with --keep-runs: remove the records of the other runs too')
    .option('--downloads', 'finished downloads too')
    .option('--dry-run', 'show what would go and how large it is')
    .option('--json', 'machine-readable')
    .addHelpText(
      'after',
      example(
        'pipeline gc --dry-run',
        'pipeline gc --keep-runs 10 --max-size 50GB',
        'pipeline gc --older-than 30d',
      ),
    )
    .action(async (options: GcOptions) => {
      const { gcCommand } = await import('./commands/gc.ts');
      done(await gcCommand(options));
    });
}
