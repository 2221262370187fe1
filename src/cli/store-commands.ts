/** Names and flags of the commands that maintain the store: verify, gc, export, import, import-model, doctor. */
import { Option, type Command } from 'commander';
import { EXECUTORS } from '../execute/executors/choose.ts';
import type { ExportFormat } from '../interchange/exported-config.ts';
import {
  age,
  bytes,
  collect,
  example,
  ON_REMOTE,
  positive,
  withLocalStore,
  withStore,
  type Done,
} from './commands/flags.ts';
import type { DoctorOptions } from './commands/doctor.ts';
import type { ExportOptions } from './commands/export.ts';
import type { GcOptions } from './commands/gc.ts';
import type { ImportModelOptions } from './commands/import-model.ts';
import type { ImportOptions } from './commands/import.ts';
import type { VerifyOptions } from './commands/verify.ts';
import type { ConfigFlags } from '../session.ts';
import type { PushOptions } from './commands/push.ts';

const DAY = 86_400;

export function addStoreCommands(root: Command, done: Done): void {
  withLocalStore(root.command('verify'))
    .option(...ON_REMOTE)
    .argument('[run...]', 'only the artifacts of these runs')
    .description(
      'compare every file with its recorded hash and move damaged artifacts aside; the next run makes them again',
    )
    .option('--keep', 'only report damage; move nothing')
    .option('--json', 'print JSON')
    .addHelpText('after', example('pipeline verify', 'pipeline verify latest --keep'))
    .action(async (runs: readonly string[], options: VerifyOptions & ConfigFlags) => {
      if (options.remote === undefined) {
        const { verifyCommand } = await import('./commands/verify.ts');
        done(await verifyCommand(runs, options));
      } else {
        const { verifyRemoteCommand } = await import('./commands/verify-remote.ts');
        done(await verifyRemoteCommand(runs, options));
      }
    });

  addGc(root, done);

  withStore(root.command('doctor'))
    .description(
      'check the requirements on this machine and this store, and show how to install what is missing',
    )
    .addOption(
      new Option(
        '--executor <name>',
        'check what this executor needs, too (default: the configured one)',
      ).choices(EXECUTORS),
    )
    .option('--queue <url>', 'Redis or Valkey server of the queue (default: PIPELINE_QUEUE, or queue.url)')
    .option('--json', 'print JSON')
    .addHelpText('after', example('pipeline doctor', 'pipeline doctor --executor slurm'))
    .action(async (options: DoctorOptions) => {
      const { doctorCommand } = await import('./commands/doctor.ts');
      done(await doctorCommand(options));
    });

  withStore(root.command('push'))
    .argument('[target...]', 'specs, or runs by id, tag or latest; without any, the whole store')
    .description('upload artifacts and run records that the remote store lacks')
    .option('--json', 'print JSON')
    .addHelpText('after', example('pipeline push', 'pipeline push experiment.yaml', 'pipeline push latest'))
    .action(async (targets: readonly string[], options: PushOptions) => {
      const { pushCommand } = await import('./commands/push.ts');
      done(await pushCommand(targets, options));
    });

  withStore(root.command('pull'))
    .argument('<target...>', 'specs, or runs by id, tag or latest')
    .description('fetch the artifacts of specs or runs from the remote store')
    .option('--json', 'print JSON')
    .addHelpText('after', example('pipeline pull experiment.yaml', 'pipeline pull latest'))
    .action(async (targets: readonly string[], options: PushOptions) => {
      const { pullCommand } = await import('./commands/pull.ts');
      done(await pullCommand(targets, options));
    });

  addExport(root, done);

  withStore(root.command('import'))
    .argument('<archive>', 'archive written by pipeline export')
    .description('add a run with its artifacts to the store, after verifying every byte')
    .option('--json', 'print JSON')
    .addHelpText('after', example('pipeline import paper.tar.gz --store artifacts'))
    .action(async (archive: string, options: ImportOptions) => {
      const { importCommand } = await import('./commands/import.ts');
      done(await importCommand(archive, options));
    });

  root
    .command('import-model')
    .argument('<folder>', 'folder that `pipeline export --to` wrote, or the folder of a model artifact')
    .description('turn an exported model into a model folder that stages with `uses: import-model` read')
    .option('-o, --output <folder>', 'folder to write (default: the name of the first with -model)')
    .option('--json', 'print JSON')
    .addHelpText('after', example('pipeline import-model medquad-huggingface -o models/medquad'))
    .action(async (folder: string, options: ImportModelOptions) => {
      const { importModelCommand } = await import('./commands/import-model.ts');
      done(importModelCommand(folder, options));
    });
}

function addExport(root: Command, done: Done): void {
  withStore(root.command('export'))
    .argument(
      '<run>',
      'a run: its id or part of it, a tag, latest, or latest~2; with --to, a spec or an archive too',
    )
    .description('write a run with its artifacts to an archive, or its trained model for other programs')
    .addOption(
      new Option(
        '--to <format>',
        'archive; onnx: the encoders as ONNX graphs; huggingface: a folder for sentence-transformers and PyTorch; kubernetes: Jobs that execute a spec',
      )
        .choices(['archive', 'onnx', 'huggingface', 'kubernetes'])
        .default('archive'),
    )
    .option(
      '-o, --output <path>',
      'archive, named .tar, .tar.gz or .tar.zst (default: the id with .tar.gz), or folder (default: SPEC-FORMAT)',
    )
    .option(
      '--stage <stage>',
      'only the artifact of this stage, repeatable; with --to onnx or huggingface, the one that made the model',
      collect,
    )
    .option('--no-artifacts', 'only the record of the run')
    .option(
      '--image <image>',
      'with --to kubernetes: image that contains this package and the project in /project',
    )
    .option('--namespace <name>', 'with --to kubernetes: namespace of the Jobs')
    .option('--secret <name>', 'with --to kubernetes: Secret with the credentials (default: two-tower-store)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      example(
        'pipeline export latest --output paper.tar.gz',
        'pipeline export best --stage model',
        'pipeline export medquad.yaml --to huggingface -o medquad-model',
        'pipeline export medquad.yaml --to kubernetes --image registry/medquad:1 --remote s3://bucket/cache',
      ),
    )
    .action(
      async (
        run: string,
        options: ExportOptions & { readonly to: 'archive' | 'kubernetes' | ExportFormat },
      ) => {
        if (options.to === 'archive') {
          const { exportCommand } = await import('./commands/export.ts');
          done(await exportCommand(run, options));
        } else if (options.to === 'kubernetes') {
          const { exportKubernetesCommand } = await import('./commands/export-kubernetes.ts');
          done(await exportKubernetesCommand(run, options));
        } else {
          const { exportModelCommand } = await import('./commands/export-model.ts');
          done(await exportModelCommand(run, options.to, options));
        }
      },
    );
}

function addGc(root: Command, done: Done): void {
  withLocalStore(root.command('gc'))
    .option(...ON_REMOTE)
    .description('remove artifacts that no run refers to, and leftovers of processes that have ended')
    .option(
      '--keep-runs <n>',
      'keep only artifacts of the last n runs of each spec and of tagged runs',
      positive,
    )
    .option(
      '--older-than <age>',
      'also remove artifacts that no run has used for this long, except current results',
      age,
    )
    .option('--larger-than <size>', 'keep smaller artifacts', bytes)
    .option(
      '--max-size <size>',
      'then remove artifacts, cheapest to make again first, until the rest is no larger than this',
      bytes,
    )
    .option('--spec <file>', 'keep the current results of this spec; repeatable', collect)
    .option(
      '--grace <age>',
      'keep artifacts without a run that are younger than this (default: 1d; with --remote: 7d, for files without an artifact)',
      age,
    )
    .option('--forget', 'with --keep-runs: also remove the records of the other runs')
    .option('--downloads', 'also remove finished downloads')
    .option('--dry-run', 'only show what would be removed and how large it is')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      example(
        'pipeline gc --dry-run',
        'pipeline gc --keep-runs 10 --max-size 50GB',
        'pipeline gc --older-than 30d',
      ),
    )
    .action(async (options: Omit<GcOptions, 'grace'> & Partial<GcOptions> & ConfigFlags) => {
      if (options.remote === undefined) {
        const { gcCommand } = await import('./commands/gc.ts');
        done(await gcCommand({ ...options, grace: options.grace ?? DAY }));
      } else {
        const { gcRemoteCommand } = await import('./commands/gc-remote.ts');
        done(await gcRemoteCommand({ ...options, grace: options.grace ?? 7 * DAY }));
      }
    });
}
