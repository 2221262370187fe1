import { existsSync } from 'node:fs';
import type { Check } from '../doctor/check.ts';
import { fileSystemChecks } from '../doctor/file-system.ts';
import { healthChecks } from '../doctor/health.ts';
import { machineChecks } from '../doctor/machine.ts';
import { printJson, printResult, styleFor, useColor, type Style } from '../render/output.ts';
import { slurmSettings } from '../../execute/executors/slurm/settings.ts';
import { openStores } from '../../session.ts';
import { storeNotice } from './stores.ts';

export interface DoctorOptions {
  readonly store?: string;
  /** Whose requirements are checked too. */
  readonly executor?: string;
  readonly queue?: string;
  readonly json?: boolean;
}

interface Section {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** `pipeline doctor`: checks this machine and this store, and shows how to fix what is missing. */
export async function doctorCommand(options: DoctorOptions): Promise<number> {
  const { config, layout, remote } = await openStores(options, storeNotice, 'may be missing');
  const sections: Section[] = [{ title: 'machine', checks: await machineChecks() }];
  if (existsSync(layout.root))
    sections.push(
      { title: 'file system', checks: fileSystemChecks(layout) },
      { title: 'store', checks: healthChecks(layout) },
    );
  else
    sections.push({
      title: 'store',
      checks: [
        {
          name: 'store',
          state: 'missing',
          found: `does not exist yet: ${layout.root}`,
          hint: 'The first run creates it.',
        },
      ],
    });
  if (config.values.executor === 'slurm') {
    const { slurmChecks } = await import('../doctor/slurm.ts');
    sections.push({ title: 'slurm', checks: await slurmChecks(slurmSettings(config.values), layout) });
  }
  if (config.values.executor === 'queue') {
    const { queueChecks } = await import('../doctor/queue.ts');
    sections.push({ title: 'queue', checks: await queueChecks(config.values, layout) });
  }
  if (remote) {
    const { remoteChecks } = await import('../doctor/remote.ts');
    sections.push({ title: 'remote store', checks: await remoteChecks(remote) });
    remote.close();
  }
  const failed = sections.some(({ checks }) => checks.some(({ state }) => state === 'failed'));
  if (options.json) printJson({ sound: !failed, store: layout.root, sections });
  else printResult(sectionsText(sections, styleFor(useColor('stdout'))));
  return failed ? 1 : 0;
}

function sectionsText(sections: readonly Section[], style: Style): string {
  const width = Math.max(...sections.flatMap(({ checks }) => checks.map(({ name }) => name.length)));
  const parts = sections.map(({ title, checks }) => {
    const lines = checks.flatMap(({ name, state, found, hint }) => [
      `${markOf(state, style)} ${name.padEnd(width)}  ${found}`,
      ...(hint === undefined ? [] : [style.dim(`${' '.repeat(width + 4)}${hint}`)]),
    ]);
    return [style.bold(title), ...lines].join('\n');
  });
  return parts.join('\n\n');
}

function markOf(state: Check['state'], style: Style): string {
  switch (state) {
    case 'ok':
      return style.green('✔');
    case 'missing':
      return style.dim('–');
    case 'warning':
      return style.yellow('!');
    case 'failed':
      return style.red('✘');
  }
}
