/** The `pipeline` command: names, flags and exit codes. The file of each command is loaded when it is used. */
import { Command, Option } from 'commander';
import { PipelineError } from '../base/diagnostic.ts';
import { ownPackage } from '../base/installation.ts';
import type { AcceptOptions } from './commands/accept.ts';
import { answerInterrupts } from './commands/interrupt.ts';
import { age, bytes, collect, example, positive, REMOTE_FLAG, whole } from './commands/flags.ts';
import type { LockOptions } from './commands/lock.ts';
import type { GraphOptions } from './commands/graph.ts';
import { addExecutorCommands, withExecutor } from './executor-commands.ts';
import { addHistoryCommands } from './history-commands.ts';
import { printNotice, printPart, styleFor, useColor } from './render/output.ts';
import type { PlanOptions } from './commands/plan.ts';
import type { QueryOptions } from './commands/query.ts';
import type { RunCommandOptions } from './commands/run.ts';
import type { ShowOptions } from './commands/show.ts';
import type { SweepOptions } from './commands/sweep.ts';
import type { ValidateOptions } from './commands/validate.ts';
import { addPageCommands } from './page-commands.ts';
import { addStartCommands } from './start-commands.ts';
import { addStoreCommands } from './store-commands.ts';

const USAGE = 2;
/** Errors in what the user wrote, as opposed to errors during execution. */
const USAGE_CODES = new Set(['E_SPEC', 'E_USAGE', 'E_KIND', 'E_ENGINE', 'E_LOCK', 'E_CONFIG']);

/** `--force` without a value is true; values are collected. */
function collectForce(text: string, all?: boolean | readonly string[]): readonly string[] {
  return [...(Array.isArray(all) ? (all as readonly string[]) : []), text];
}

/** They never hold up a signal for long. All others are ended by the system, which answers at once, too. */
const ANSWERING = new Set(['run', 'plan', 'sweep']);

const SELECTORS =
  'names separated by commas, with * and ? as wildcards, or model[margin=0.2] for instances of a matrix';

const SPEC = 'YAML file of the experiment';

const QUERIED = `${SPEC}, a recorded run (its id, a tag, latest), or an exported one (archive or folder)`;

function withSpec(command: Command, spec = SPEC): Command {
  return command
    .argument('<spec>', spec)
    .option('--set <stage.param=value>', 'change one value of the spec; repeatable', collect)
    .option('--params <file>', 'YAML or JSON file with values that override the spec')
    .option(
      '--store <folder>',
      "folder of the artifacts (default: PIPELINE_STORE, or artifacts/ in the spec's project)",
    )
    .option(...REMOTE_FLAG);
}

function withSelection(command: Command): Command {
  return withSpec(command)
    .option('--only <stages>', `only these stages: ${SELECTORS}`, collect)
    .option('--from <stages>', 'only these stages and those that depend on them', collect)
    .option('--until <stages>', 'only these stages and those that they depend on', collect)
    .option(
      '--force [stages]',
      'execute these stages, or all selected ones, even if they are cached',
      collectForce,
    );
}

let exitCode = 0;

function program(): Command {
  const root = new Command('pipeline')
    .description('Runs dense-retrieval experiments described in YAML; executes only what changed.')
    .version(ownPackage().version)
    .exitOverride()
    // Commander's own streams fail later, out of reach, when the reader (`| head`) has gone.
    .configureOutput({ writeOut: printPart, writeErr: printNotice })
    .showHelpAfterError('(see --help)')
    .hook('preAction', (_, command) => {
      if (ANSWERING.has(command.name())) answerInterrupts();
    });

  withExecutor(withSelection(root.command('run')))
    .description('execute every stage that is not cached')
    .option('--jobs <n>', 'number of stages that may execute concurrently (default: cores)', positive)
    .option('--threads <n>', 'compute threads per stage (default: cores)', positive)
    .option(
      '--memory <size>',
      'limit for the sum of `resources.memory` of concurrent stages (default: all memory)',
      bytes,
    )
    .option('--gpus <n>', 'limit for the sum of `resources.gpu` (default: 1)', positive)
    .option('--keep-going', 'after a failure, continue with stages that do not depend on it')
    .option('--locked', 'stop at the first stage whose result has other bytes than in SPEC.lock.yaml')
    .option('--no-push', 'upload nothing to the remote store')
    .option('--dry-run', 'show what would run and why')
    .option(
      '--wait <age>',
      'with --only: wait this long for inputs that other machines make, such as 24h',
      age,
    )
    .option('--watch', 'run again whenever the spec or something that it reads changes')
    .option('--json', 'print events as JSON lines on stdout')
    .action(async (spec: string, options: RunCommandOptions) => {
      if (options.watch && !options.dryRun) {
        const { watchCommand } = await import('./commands/watch.ts');
        exitCode = await watchCommand(spec, options, { onError: showError });
        return;
      }
      const { runCommand } = await import('./commands/run.ts');
      exitCode = await runCommand(spec, options);
    });

  withSelection(root.command('plan'))
    .description('show what would run and why')
    .option(
      '--diff <run>',
      'show what differs from a past run: its id or part of it, a tag, latest, or last for the last run of this spec',
    )
    .option('--json', 'print JSON')
    .action(async (spec: string, options: PlanOptions) => {
      const { planCommand } = await import('./commands/plan.ts');
      exitCode = await planCommand(spec, options);
    });

  root
    .command('validate')
    .argument('<specs...>', 'YAML files of experiments')
    .option('--set <stage.param=value>', 'change one value of every spec; repeatable', collect)
    .option('--params <file>', 'YAML or JSON file with values that override the specs')
    .description('check specs with their kinds and paths, without a store')
    .option('--json', 'print JSON')
    .action(async (specs: readonly string[], options: ValidateOptions) => {
      const { validateCommand } = await import('./commands/validate.ts');
      exitCode = await validateCommand(specs, options);
    });

  withExecutor(withSpec(root.command('sweep')))
    .description(
      "execute many configurations of a spec; `--set 'model.loss.margin=0.1,0.2'` tries both values",
    )
    .option(
      '--random <n>',
      'number of trials of a random search over distributions, such as model.lr=log_uniform(1e-4,1e-2)',
      positive,
    )
    .option('--seed <n>', 'seed of the random search', whole)
    .option('--metric <stage.metric>', 'metric by which configurations are ranked')
    .option('--minimize', 'lower metrics are better')
    .option('--columns <stage.metric,…>', 'additional metrics to show', collect)
    .option('--experiments <names>', 'only these experiments of the spec; * and ? are wildcards', collect)
    .option(
      '--repeat <parameter=values>',
      'execute every configuration with each value, such as params.seed=42,43,44, and rank by the mean',
      collect,
    )
    .option('--baseline <name>', 'experiment or configuration with which the others are compared')
    .option('--halving <parameter=min..max>', 'successive halving over a budget, such as model.epochs=1..9')
    .option('--jobs <n>', 'number of stages that may execute concurrently (default: cores)', positive)
    .option('--threads <n>', 'compute threads shared among them (default: cores)', positive)
    .option(
      '--memory <size>',
      'limit for the sum of `resources.memory` of concurrent stages (default: all memory)',
      bytes,
    )
    .option('--gpus <n>', 'limit for the sum of `resources.gpu` (default: 1)', positive)
    .option('--write <file>', 'write the best configuration to a new spec that extends this one')
    .option('--report <file>', 'write the table to a new Markdown file')
    .option('--dry-run', 'only show what would be executed')
    .option('--json', 'print events as JSON lines on stdout')
    .action(async (spec: string, options: SweepOptions) => {
      const { sweepCommand } = await import('./commands/sweep.ts');
      exitCode = await sweepCommand(spec, options);
    });

  withSpec(root.command('accept'))
    .argument('<stages...>', SELECTORS)
    .description('keep the results of stages whose code has changed, because the change does not affect them')
    .option('--json', 'print JSON')
    .action(async (spec: string, stages: readonly string[], options: AcceptOptions) => {
      const { acceptCommand } = await import('./commands/accept.ts');
      exitCode = await acceptCommand(spec, stages, options);
    });

  withSpec(root.command('lock'))
    .description('write the digests of the current results to SPEC.lock.yaml, for `run --locked`')
    .option('--check', 'compare with the lock instead of writing it; exit code 1 where they differ')
    .option('--json', 'print JSON')
    .action(async (spec: string, options: LockOptions) => {
      const { lockCommand } = await import('./commands/lock.ts');
      exitCode = await lockCommand(spec, options);
    });

  withSpec(root.command('show'), `${SPEC}, or a recorded run: its id, a tag, latest`)
    .argument('[stage]', 'only this stage')
    .description('show parameters, metrics and artifact paths of the current results or of a recorded run')
    .option('--json', 'print JSON')
    .action(async (spec: string, stage: string | undefined, options: ShowOptions) => {
      const { showCommand } = await import('./commands/show.ts');
      exitCode = await showCommand(spec, stage, options);
    });

  withSpec(root.command('query'), QUERIED)
    .argument('[text...]', 'the question; without it, questions are read from --file or stdin')
    .description('find the best documents for a question, or for many')
    .option('--file <file>', 'questions, one a line or as id<TAB>question; - is stdin')
    .option('--top <n>', 'number of documents', positive, 5)
    .option('--model', 'search by vectors alone')
    .option('--bm25', 'search by common words alone (BM25)')
    .option('--hybrid', 'fuse both, as the evaluation did')
    .option('--exact', 'compare with every document, however many there are')
    .option('--index <stage>', 'index to use, if there are several')
    .option('--threads <n>', 'compute threads', positive)
    .option('--json', 'print JSON; of questions from --file or stdin, one line each')
    .option('--tsv', 'print query, rank, doc_id, score and text, separated by tabs')
    .addHelpText(
      'after',
      example(
        'pipeline query medquad.yaml "how is Marfan syndrome inherited?"',
        'pipeline query latest --file questions.tsv --top 10 --json > answers.jsonl',
        'pipeline query model.tar.gz --bm25 "marfan syndrome"',
      ),
    )
    .action(async (spec: string, text: readonly string[], options: QueryOptions) => {
      const { queryCommand } = await import('./commands/query.ts');
      exitCode = await queryCommand(spec, text, options);
    });

  withSpec(root.command('graph'))
    .description('print the stages as a graph, with their states and times')
    .addOption(
      new Option('--format <format>', 'output format').choices(['mermaid', 'dot', 'json']).default('mermaid'),
    )
    .action(async (spec: string, options: GraphOptions) => {
      const { graphCommand } = await import('./commands/graph.ts');
      exitCode = await graphCommand(spec, options);
    });

  const done = (code: number): void => {
    exitCode = code;
  };
  addHistoryCommands(root, done);
  addStoreCommands(root, done);
  addExecutorCommands(root, done);
  addPageCommands(root, done);

  addStartCommands(root, done);
  return root;
}

async function showError(error: unknown): Promise<number> {
  const { name, code, exitCode: wanted } = error as { name?: string; code?: string; exitCode?: number };
  // Commander has already printed its message; --help and --version arrive here with exit code 0.
  if (name === 'CommanderError' || code?.startsWith('commander.')) return wanted === 0 ? 0 : USAGE;
  const style = styleFor(useColor('stderr'));
  if (!(error instanceof PipelineError)) {
    const { faultText } = await import('./render/fault.ts');
    printNotice(faultText(error, style));
    return 1;
  }
  if (process.argv[2] === 'run' && process.argv.includes('--json')) {
    const { printRefusal } = await import('./render/reporters/json.ts');
    printRefusal(error);
  }
  if (error.diagnostics.length > 0) {
    const { formatDiagnostics } = await import('../spec/print.ts');
    printNotice(formatDiagnostics(error.diagnostics, { color: useColor('stderr') }));
  } else {
    printNotice(`${style.red('error')}: ${error.message}`);
    if (error.hint !== undefined) printNotice(`${style.cyan('hint')}: ${error.hint}`);
  }
  return USAGE_CODES.has(error.code) ? USAGE : 1;
}

export async function main(): Promise<void> {
  try {
    const [asked, ...words] = process.argv.slice(2);
    if (asked === '__complete') {
      const { completeCommand } = await import('./completion/complete.ts');
      exitCode = await completeCommand(program(), words);
    } else await program().parseAsync();
  } catch (error) {
    exitCode = await showError(error);
  }
  process.exitCode = exitCode;
}
