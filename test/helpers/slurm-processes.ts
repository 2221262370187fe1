/** The processes of a test's Slurm cluster, found by the environment that they inherited. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentOf, isAlive, processes } from './processes.ts';

/** Coordinators, jobs, and those of Slurm that watch jobs. `daemons` are left out. */
export function clusterProcesses(folder: string, daemons: readonly number[]): number[] {
  return processes().filter(
    (pid) =>
      environmentOf(pid).includes(`SLURM_CONF=${folder}/`) &&
      !daemons.includes(pid) &&
      // It belongs to slurmctld, and ends with it.
      !nameOf(pid).startsWith('slurmscriptd'),
  );
}

export function isOfJob(pid: number): boolean {
  return environmentOf(pid).includes('SLURM_JOB_ID=') || nameOf(pid).startsWith('slurmstepd');
}

/** Resolves when none of them is left: some may start others while they are killed. */
export async function killAll(list: () => readonly number[]): Promise<void> {
  for (let left = list(); left.length > 0; left = list().filter(isAlive)) {
    for (const pid of left) killQuietly(pid);
    await sleep(20);
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
