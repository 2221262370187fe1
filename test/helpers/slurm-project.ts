/** A project whose command executes its stages through the test's own Slurm cluster. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startJob, type Job } from './processes.ts';
import { makeRig, type Rig } from './rig.ts';
import type { Cluster } from './slurm.ts';

export interface SlurmProject extends Rig {
  /** Starts the command as a terminal does. */
  begin(...args: string[]): Job;
  /** The cluster's jobs that have not ended. */
  jobs(): string[];
  /** Lines that stages appended to a file of the project. */
  lines(file: string): string[];
  /** What the workers reported, by the names of their event files. */
  taskEvents(): { readonly type: string; readonly [field: string]: unknown }[];
}

export function slurmProject(
  cluster: Cluster,
  spec: string,
  files: Readonly<Record<string, string>> = {},
): SlurmProject {
  const environment = { ...cluster.environment, PIPELINE_EXECUTOR: 'slurm' };
  const rig = makeRig(environment);
  rig.write({ 's.yaml': spec, ...files });
  const lines = (file: string): string[] =>
    existsSync(join(rig.folder, file))
      ? readFileSync(join(rig.folder, file), 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  return {
    ...rig,
    begin: (...args) => startJob(rig, args, environment),
    jobs: () =>
      cluster
        .command('squeue', '-h', '-r', '-o', '%i')
        .split('\n')
        .filter((line) => line !== ''),
    lines,
    taskEvents() {
      const tasks = join('artifacts', 'tasks');
      return readdirSync(join(rig.folder, tasks), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.events'))
        .sort()
        .flatMap((name) => lines(join(tasks, name)))
        .map((line) => JSON.parse(line) as { type: string });
    },
  };
}
