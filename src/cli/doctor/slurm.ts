/** Whether stages can be executed through Slurm from this machine: `pipeline doctor --executor slurm`. */
import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { programInPath } from '../../base/program-in-path.ts';
import { runSlurm } from '../../execute/executors/slurm/commands.ts';
import { clusterOptions } from '../../execute/executors/slurm/script.ts';
import type { SlurmSettings } from '../../execute/executors/slurm/settings.ts';
import type { StoreLayout } from '../../store/layout.ts';
import type { Check } from './check.ts';

const COMMANDS = ['sbatch', 'squeue', 'scancel', 'scontrol', 'sinfo'];

export async function slurmChecks(settings: SlurmSettings, layout: StoreLayout): Promise<Check[]> {
  const missing = COMMANDS.filter((name) => programInPath(name) === undefined);
  if (missing.length > 0)
    return [
      {
        name: 'commands',
        state: 'failed',
        found: `not found: ${missing.join(', ')}`,
        hint: 'Run on a login node of the cluster. On Debian, `apt-get install slurm-client` installs them.',
      },
    ];
  const controller = await controllerCheck();
  const rest = controller.state === 'ok' ? [await nodesCheck(settings), await jobCheck(settings)] : [];
  return [
    { name: 'commands', state: 'ok', found: COMMANDS.join(', ') },
    controller,
    ...rest,
    folderCheck(layout),
  ];
}

async function controllerCheck(): Promise<Check> {
  const name = 'controller';
  try {
    const [ping, version] = [await runSlurm('scontrol', ['ping']), await runSlurm('sinfo', ['--version'])];
    return { name, state: 'ok', found: `${version.trim()}: ${ping.trim().split('\n')[0]!}` };
  } catch (error) {
    return {
      name,
      state: 'failed',
      found: (error as Error).message,
      hint: 'The address of the controller is in slurm.conf, which SLURM_CONF names; munged must run with the same key.',
    };
  }
}

async function nodesCheck({ partition }: SlurmSettings): Promise<Check> {
  const name = 'nodes';
  const where = partition === undefined ? [] : [`--partition=${partition}`];
  try {
    const text = await runSlurm('sinfo', ['--noheader', '--format=%P %a %D %T', ...where]);
    const rows = text.split('\n').flatMap((line) => line.trim() || []);
    const usable = rows.filter((row) => / up \d+ (idle|mixed|allocated|completing|planned)/.test(row));
    if (usable.length > 0) return { name, state: 'ok', found: rows.join('; ') };
    const place = partition === undefined ? 'the cluster' : `partition ${partition}`;
    return {
      name,
      state: 'failed',
      found: rows.length === 0 ? `${place} has no nodes` : `no node takes jobs: ${rows.join('; ')}`,
      hint: 'Name another partition as `slurm.partition` in the configuration; `sinfo` lists them, `sinfo -R` says why nodes are down.',
    };
  } catch (error) {
    return { name, state: 'failed', found: (error as Error).message };
  }
}

/** Lets Slurm check a job with the configured options, without submitting it. */
async function jobCheck(settings: SlurmSettings): Promise<Check> {
  const name = 'job options';
  const options = clusterOptions(settings);
  const shown = options.length === 0 ? 'the defaults of the cluster' : options.join(' ');
  try {
    await runSlurm('sbatch', ['--test-only', '--ntasks=1', ...options], '#!/bin/sh\n');
    return { name, state: 'ok', found: `accepted: ${shown}` };
  } catch (error) {
    return {
      name,
      state: 'failed',
      found: `${shown}: ${(error as Error).message}`,
      hint: 'Change the section `slurm` of the configuration.',
    };
  }
}

/** File systems that several machines can have mounted, by the numbers that statfs gives. */
const SHARED: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x0bd00bd0: 'Lustre',
  0x47504653: 'GPFS',
  0x19830326: 'BeeGFS',
  0x00c36400: 'CephFS',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB',
  0x61756673: 'AFS',
  0x5346414f: 'AFS',
  0x65735546: 'FUSE',
};

/** Of a store that does not exist yet, the folder in which it will be. */
function folderCheck({ root }: StoreLayout): Check {
  const name = 'shared folder';
  let folder = root;
  while (!existsSync(folder)) folder = dirname(folder);
  const system = SHARED[statfsSync(folder).type >>> 0];
  if (system !== undefined) return { name, state: 'ok', found: `${root} is on ${system}` };
  return {
    name,
    state: 'warning',
    found: `${root} is on a file system of this machine`,
    hint: 'Nodes must see the store, the project and this installation under the same paths. Name a shared folder with `store.path`, unless this machine is the only node.',
  };
}
