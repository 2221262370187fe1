/** A real Slurm cluster of one node on this machine: munged, slurmctld and slurmd in a folder of their own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts, slurmConfiguration } from './slurm-configuration.ts';
import { clusterProcesses, isOfJob, killAll } from './slurm-processes.ts';

/** Debian keeps daemons where only root looks. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scancel'];

function isInstalled(program: string): boolean {
  return PATH.split(':').some((folder) => existsSync(join(folder, program)));
}

/** Why tests with Slurm are skipped here; undefined where they can run. */
export function slurmMissing(): string | undefined {
  const missing = PROGRAMS.filter((program) => !isInstalled(program));
  return missing.length === 0
    ? undefined
    : `Slurm is not installed (${missing.join(', ')}): apt-get install slurm-wlm munge`;
}

const DAEMONS = ['slurmd', 'slurmctld', 'munged'] as const;
type Daemon = (typeof DAEMONS)[number];

export interface Cluster {
  /** What commands need to reach it. */
  readonly environment: NodeJS.ProcessEnv;
  command(program: string, ...args: string[]): string;
  /** Kills a daemon without warning. */
  kill(daemon: Daemon): Promise<void>;
  /** Kills slurmd with all processes of its jobs, as the loss of its machine does. */
  killNode(): Promise<void>;
  /** Resolves when the daemon does its work. */
  start(daemon: Daemon): Promise<void>;
  /** Resolves when the controller has written down what it knows now of a job. */
  saved(job: string): Promise<void>;
  /** Resolves when the controller has noticed that the node does not answer. */
  lost(): Promise<void>;
  /** Ends every process that was given the cluster's environment, and all jobs. The node is idle afterwards. */
  clear(): Promise<void>;
  /** The node, the queue and the ends of the logs. */
  describe(): string;
  /** Ends everything that was started, with the jobs that still run. */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** How many processors the node is said to have. */
  readonly cpus?: number;
  /** For slurm.conf, in place of those that tests have. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Further lines of slurm.conf, such as partitions. */
  readonly lines?: readonly string[];
}

/** Only so that what will never happen is said: nothing may rely on it. */
const PATIENCE_MS = 120_000;

/** Starts a cluster, and waits until it takes jobs. */
export async function startSlurm({
  cpus = 2,
  settings = {},
  lines = [],
}: ClusterOptions = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-slurm-'));
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'munge.key'), randomBytes(1024), { mode: 0o400 });
  const ports = await freePorts(2);
  writeFileSync(join(folder, 'slurm.conf'), slurmConfiguration(folder, { cpus, settings, lines, ports }));
  const environment = { PATH, SLURM_CONF: join(folder, 'slurm.conf') };
  const options: Readonly<Record<Daemon, readonly string[]>> = {
    munged: [
      '--force',
      '--foreground',
      `--socket=${folder}/munge.socket`,
      ...['key', 'pid', 'log', 'seed'].map((name) => `--${name}-file=${folder}/munge.${name}`),
    ],
    slurmctld: ['-D'],
    slurmd: ['-D', '-N', 'test'],
  };
  const running = new Map<Daemon, ChildProcess>();

  const command = (program: string, ...args: string[]): string => {
    const { stdout, stderr, status } = spawnSync(program, args, {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
      timeout: PATIENCE_MS,
    });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const answer = (program: string, ...args: string[]): string => {
    try {
      return command(program, ...args).trim();
    } catch (error) {
      return String(error);
    }
  };
  const describe = (): string =>
    [
      answer('scontrol', 'show', 'node'),
      answer('squeue', '--states=all', '--array', '--format=%i %T %S %r'),
      ...['slurmctld', 'slurmd'].map((name) => `${name}.log:\n${lastLines(join(folder, `${name}.log`))}`),
    ].join('\n\n');
  const until = async (what: string, isSo: () => boolean): Promise<void> => {
    const since = Date.now();
    while (Date.now() - since < PATIENCE_MS) {
      if (isSo()) return;
      const ended = [...running].find(
        ([, { exitCode, signalCode }]) => exitCode !== null || signalCode !== null,
      );
      if (ended) throw new Error(`${ended[0]} has ended: ${lastLines(join(folder, `${ended[0]}.out`))}`);
      await sleep(50);
    }
    throw new Error(`${what} did not happen within ${PATIENCE_MS / 1000} s\n${describe()}`);
  };
  const nodeIs = (states: RegExp): boolean => states.test(answer('sinfo', '--noheader', '--format=%T'));
  const isThere: Readonly<Record<Daemon, () => boolean>> = {
    munged: () => existsSync(join(folder, 'munge.socket')),
    slurmctld: () => answer('scontrol', 'ping').includes('UP'),
    slurmd: () => nodeIs(/^(idle|mixed|allocated|completing)$/),
  };
  const launch = (daemon: Daemon): void => {
    const out = openSync(join(folder, `${daemon}.out`), 'a');
    const child = spawn(daemon, options[daemon], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', out, out],
      detached: true,
    });
    closeSync(out);
    running.set(daemon, child);
  };
  const start = async (daemon: Daemon): Promise<void> => {
    launch(daemon);
    await until(`${daemon} answers`, isThere[daemon]);
    // A controller that was started again asks its nodes before it gives them jobs.
    if (daemon === 'slurmctld' && running.has('slurmd')) await until('the node answers', isThere.slurmd);
  };
  const members = (): number[] =>
    clusterProcesses(
      folder,
      [...running.values()].map(({ pid }) => pid!),
    );
  const kill = async (daemon: Daemon): Promise<void> => {
    const child = running.get(daemon);
    if (!child) return;
    running.delete(daemon);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  };
  const killNode = async (): Promise<void> => {
    await kill('slurmd');
    await killAll(() => members().filter(isOfJob));
  };
  const stop = async (): Promise<void> => {
    for (const daemon of DAEMONS) await kill(daemon);
    await killAll(members);
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    await start('munged');
    launch('slurmctld');
    await start('slurmd');
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    environment,
    command,
    kill,
    killNode,
    start,
    async saved(job) {
      // The start of a job alone is not written down: slurmctld has to be given a reason, and to be asked what it wrote.
      const mark = randomUUID();
      command('scontrol', 'update', `JobId=${job}`, `Comment=${mark}`);
      await until(`the state of job ${job} is saved`, () =>
        textOf(join(folder, 'state', 'job_state')).includes(mark),
      );
    },
    lost: () => until('the node is down', () => nodeIs(/^down/)),
    async clear() {
      answer('scancel', '--me');
      await killAll(members);
      if (!nodeIs(/^idle$/)) answer('scontrol', 'update', 'NodeName=test', 'State=RESUME');
      await until('the node is idle', () => nodeIs(/^idle$/) && answer('squeue', '--noheader') === '');
    },
    describe,
    stop,
  };
}

const SHOWN_LINES = 40;

const lastLines = (file: string): string => textOf(file).trim().split('\n').slice(-SHOWN_LINES).join('\n');

/** Empty where there is no such file, as for a moment whenever slurmctld replaces one. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
