/** A real Slurm cluster of one node on this machine: munged, slurmctld and slurmd in a folder of their own. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

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

type Daemon = 'munged' | 'slurmctld' | 'slurmd';

/** slurmctld writes its state at most this long after a change. */
const SAVED_MS = 6_000;

export interface Cluster {
  /** What commands need to reach it. */
  readonly environment: NodeJS.ProcessEnv;
  command(program: string, ...args: string[]): string;
  /** Kills a daemon without warning, and for slurmd the processes of its jobs too. */
  kill(daemon: Daemon): Promise<void>;
  start(daemon: Daemon): Promise<void>;
  /** Resolves when the controller has written down what it knows now. */
  saved(): Promise<void>;
  /** Ends everything that was started, with the jobs that still run. */
  stop(): Promise<void>;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) =>
        server.listen(0, '127.0.0.1', () => {
          resolve(server);
        }),
      );
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  for (const server of servers) server.close();
  return ports;
}

function configuration(folder: string, [controller, node]: readonly number[], cpus: number): string {
  const { username } = userInfo();
  const host = hostname().split('.')[0]!;
  return `
ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=${folder}/munge.socket
SlurmUser=${username}
SlurmdUser=${username}
SlurmctldPort=${controller!}
SlurmdPort=${node!}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=1
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
KillWait=5
SlurmdTimeout=5
MinJobAge=300
NodeName=test NodeHostname=${host} NodeAddr=127.0.0.1 CPUs=${cpus} RealMemory=2000 State=UNKNOWN
PartitionName=all Nodes=test Default=YES MaxTime=INFINITE State=UP
`;
}

/** Starts a cluster whose node is said to have this many processors, and waits until it takes jobs. */
export async function startSlurm({ cpus = 2 }: { readonly cpus?: number } = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-slurm-'));
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'munge.key'), randomBytes(1024), { mode: 0o400 });
  writeFileSync(join(folder, 'slurm.conf'), configuration(folder, await freePorts(2), cpus));
  const environment = { PATH, SLURM_CONF: join(folder, 'slurm.conf') };
  const options: Readonly<Record<Daemon, readonly string[]>> = {
    munged: [
      '--force',
      '--foreground',
      ...['key', 'socket', 'pid', 'log', 'seed'].map((name) =>
        name === 'socket' ? `--socket=${folder}/munge.socket` : `--${name}-file=${folder}/munge.${name}`,
      ),
    ],
    slurmctld: ['-D'],
    slurmd: ['-D', '-N', 'test'],
  };
  const running = new Map<Daemon, ChildProcess>();

  const command = (program: string, ...args: string[]): string => {
    const { stdout, stderr, status } = spawnSync(program, args, {
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
    return stdout;
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
  const until = async (what: string, isSo: () => boolean): Promise<void> => {
    for (let tried = 0; tried < 300; tried++) {
      if (isSo()) return;
      await sleep(100);
    }
    throw new Error(`${what} did not happen; see ${folder}`);
  };
  const answers = (program: string, ...args: string[]): string => {
    try {
      return command(program, ...args).trim();
    } catch {
      return '';
    }
  };
  const start = async (daemon: Daemon): Promise<void> => {
    launch(daemon);
    if (daemon === 'munged') await until('munged', () => existsSync(join(folder, 'munge.socket')));
    if (daemon === 'slurmctld') await until('slurmctld', () => answers('scontrol', 'ping').includes('UP'));
    if (daemon === 'slurmd')
      await until('the node', () => /idle|mix|alloc/.test(answers('sinfo', '-h', '-o', '%T')));
  };
  const kill = async (daemon: Daemon): Promise<void> => {
    const child = running.get(daemon);
    if (!child) return;
    running.delete(daemon);
    const steps = daemon === 'slurmd' ? stepsBelow(folder) : [];
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(child.pid!, 'SIGKILL');
    for (const pid of steps) killQuietly(pid);
    await ended;
  };

  try {
    await start('munged');
    launch('slurmctld');
    await start('slurmd');
  } catch (error) {
    for (const daemon of running.keys()) await kill(daemon);
    throw error;
  }
  return {
    environment,
    command,
    kill,
    start,
    saved: () => sleep(SAVED_MS),
    async stop() {
      answers('scancel', '--me');
      answers('scancel', '--me', '--signal=KILL', '--full');
      for (const daemon of ['slurmd', 'slurmctld', 'munged'] as const) await kill(daemon);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The processes of this cluster's jobs, and those of Slurm that watch them. */
function stepsBelow(folder: string): number[] {
  const read = (pid: string, name: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'latin1');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && read(pid, 'environ').includes(`SLURM_CONF=${folder}/`))
    .filter(
      (pid) =>
        read(pid, 'environ').includes('SLURM_JOB_ID=') || read(pid, 'cmdline').startsWith('slurmstepd'),
    )
    .map(Number);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
