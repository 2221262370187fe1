/**
 * The four commands of Slurm that are used. Each is one request to the controller. `srun`, `--dependency` and `sacct` are
 * not among them: the first two keep the graph where it can get stuck, the third needs a data base that many sites lack.
 */
import { execFile } from 'node:child_process';
import { PipelineError } from '../../../base/diagnostic.ts';
import { arraysOf, FORMAT, rowsOf, type Row } from './states.ts';

/** The controller did not answer, or answers that it is too busy: the same request may succeed later. */
export class Unavailable extends Error {}

export interface SlurmCommands {
  /** Resolves with the number of the job. Rejects with `Unavailable`, or `E_EXECUTOR` where the job is refused. */
  submit(options: readonly string[], script: string): Promise<string>;
  /** The user's jobs, one row for each element of an array, with those that ended in the last minutes. */
  list(): Promise<readonly Row[]>;
  cancel(ids: readonly string[], options?: readonly string[]): Promise<void>;
  /** The smallest number that no index of an array reaches. */
  maxArraySize(): Promise<number>;
}

/** A busy controller answers late; one that is gone never does. */
const TIMEOUT_MS = 60_000;

const TEMPORARY =
  /unable to contact|timed out|connection|zero bytes|temporarily|communication|munge|protocol auth|try again|submit ?limit|MaxSubmit|too many|slurm_load_jobs error/i;

/** The command's standard output. Rejects with `Unavailable` or a `PipelineError`. */
export function runSlurm(command: string, options: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      options,
      { env: environment(), timeout: TIMEOUT_MS, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else if (error.code === 'ENOENT') reject(notInstalled(command));
        else {
          const said = stderr.trim() || error.message;
          reject(error.killed || TEMPORARY.test(said) ? new Unavailable(said) : refused(command, said));
        }
      },
    );
    // A command that ends before it has read its input says why on stderr.
    child.stdin!.on('error', () => undefined).end(input);
  });
}

/** Without the variables of a job in which this process itself may run: they would become the options of ours. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name === 'SLURM_CONF' || name === 'SLURM_CLUSTERS' || !/^(SLURM_|SBATCH_)/.test(name),
    ),
  );
}

function notInstalled(command: string): PipelineError {
  return new PipelineError('E_EXECUTOR', `${command} is not installed on this machine`, {
    hint: 'Run the command on a login node of the cluster, or use `--executor local`. `pipeline doctor --executor slurm` shows what is missing.',
  });
}

function refused(command: string, said: string): PipelineError {
  const text = said
    .split('\n')
    .map((line) => line.replace(/^\w+: (error: )?/, ''))
    .filter((line) => line !== '')
    .join('; ');
  return new PipelineError('E_EXECUTOR', `${command} refused: ${text}`, {
    hint: "Compare the stage's `resources:` and `timeout:`, and the partition, account and options of the `slurm` section in the configuration, with what the cluster offers (`sinfo`).",
  });
}

export function slurmCommands(): SlurmCommands {
  return {
    async submit(options, script) {
      const text = await runSlurm('sbatch', ['--parsable', ...options], script);
      // `123`, or `123;cluster`; a site may print a banner before.
      const id = /^(\d+)(;|$)/.exec(text.trim().split('\n').at(-1)!)?.[1];
      if (id === undefined) throw refused('sbatch', `no job number in '${text.trim()}'`);
      return id;
    },
    list: async () =>
      rowsOf(
        await runSlurm('squeue', ['--me', '--noheader', '--states=all', '--array', `--format=${FORMAT}`]),
      ),
    async cancel(ids, options = []) {
      for (let start = 0; start < ids.length; start += MOST_IDS)
        // Of jobs that have ended meanwhile it says so, which is no failure.
        await runSlurm('scancel', ['--quiet', ...options, ...arraysOf(ids.slice(start, start + MOST_IDS))]);
    },
    async maxArraySize() {
      const text = await runSlurm('scontrol', ['show', 'config']);
      return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(text)?.[1] ?? DEFAULT_ARRAY_SIZE);
    },
  };
}

/** Slurm's own default. */
const DEFAULT_ARRAY_SIZE = 1001;
/** Numbers in one command line. */
const MOST_IDS = 500;
