/** The slurm.conf of a cluster of one node on this machine. */
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * Slurm gives up what takes too long: a node that does not answer, a job that does not stop. Here it has so much patience
 * that a slow machine is no fault of a node.
 */
const SETTINGS = {
  ClusterName: 'test',
  AuthType: 'auth/munge',
  CredType: 'cred/munge',
  ProctrackType: 'proctrack/linuxproc',
  TaskPlugin: 'task/none',
  JobAcctGatherType: 'jobacct_gather/none',
  AccountingStorageType: 'accounting_storage/none',
  SelectType: 'select/cons_tres',
  SelectTypeParameters: 'CR_CPU_Memory',
  DefMemPerCPU: '100',
  SchedulerType: 'sched/backfill',
  SchedulerParameters: 'batch_sched_delay=0,sched_min_interval=0,bf_interval=1',
  SlurmdParameters: 'config_overrides',
  MpiDefault: 'none',
  SwitchType: 'switch/none',
  ReturnToService: '2',
  KillWait: '60',
  SlurmdTimeout: '300',
  UnkillableStepTimeout: '300',
  MinJobAge: '300',
} as const;

export interface ConfigurationOptions {
  /** How many processors the node is said to have. */
  readonly cpus: number;
  /** Settings that replace those above. */
  readonly settings: Readonly<Record<string, string>>;
  /** Further lines, such as partitions. */
  readonly lines: readonly string[];
  readonly ports: readonly number[];
}

export function slurmConfiguration(
  folder: string,
  { cpus, settings, lines, ports }: ConfigurationOptions,
): string {
  const { username } = userInfo();
  const host = hostname().split('.')[0]!;
  const [controller, node] = ports;
  const all = {
    ...SETTINGS,
    SlurmctldHost: `${host}(127.0.0.1)`,
    AuthInfo: `socket=${join(folder, 'munge.socket')}`,
    SlurmUser: username,
    SlurmdUser: username,
    SlurmctldPort: controller,
    SlurmdPort: node,
    StateSaveLocation: join(folder, 'state'),
    SlurmdSpoolDir: join(folder, 'spool'),
    SlurmctldPidFile: join(folder, 'slurmctld.pid'),
    SlurmdPidFile: join(folder, 'slurmd.pid'),
    SlurmctldLogFile: join(folder, 'slurmctld.log'),
    SlurmdLogFile: join(folder, 'slurmd.log'),
    ...settings,
  };
  return [
    ...Object.entries(all).map(([name, value]) => `${name}=${value}`),
    `NodeName=test NodeHostname=${host} NodeAddr=127.0.0.1 CPUs=${cpus} RealMemory=2000 State=UNKNOWN`,
    'PartitionName=all Nodes=test Default=YES MaxTime=INFINITE State=UP',
    ...lines,
    '',
  ].join('\n');
}

/** Below those that the system gives to connections: a daemon that is started again finds its port free. */
const [FIRST_PORT, PORTS] = [12_000, 20_000];

export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
