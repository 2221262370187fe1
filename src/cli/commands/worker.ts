import { readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { ownPackage } from '../../base/installation.ts';
import { chooseEngine } from '../../engine/choose-engine.ts';
import { capacityOf, type Capacity } from '../../execute/capacity.ts';
import type { WorkerCard } from '../../execute/executors/queue/protocol.ts';
import { projectTop } from '../../execute/executors/queue/project-top.ts';
import { queueAddress } from '../../execute/executors/queue/queue-executor.ts';
import { shownAddress } from '../../execute/executors/queue/redis.ts';
import { engineName } from '../../execute/executors/queue/resource-class.ts';
import { runWorker, type WorkerEvent } from '../../execute/executors/queue/worker.ts';
import { openCatalogue } from '../../kinds/catalogue.ts';
import { artifactStore, configFor, folderOf, type ConfigFlags } from '../../session.ts';
import { storeIdentity } from '../../store/identity.ts';
import { storeLayout, type StoreLayout } from '../../store/layout.ts';
import { removeAbandonedWork } from '../../store/local/work.ts';
import { printNotice, styleFor, useColor } from '../render/output.ts';
import { bytesText } from '../render/text.ts';
import { workerLine } from '../render/worker-lines.ts';
import { INTERRUPTED, onInterrupt } from './interrupt.ts';

export interface WorkerCommandOptions extends ConfigFlags {
  readonly project?: string;
  readonly jobs?: number;
  readonly threads?: number;
  readonly memory?: number;
  readonly gpus?: number;
}

/** `pipeline worker`: executes stages of runs that other machines coordinate, until it is interrupted. */
export async function workerCommand(options: WorkerCommandOptions): Promise<number> {
  const project = resolve(options.project ?? projectTop(process.cwd()));
  const inProject = join(project, 'spec');
  const config = await configFor(options, inProject);
  const address = queueAddress(config.values);
  const layout = storeLayout(folderOf(config, inProject));
  removeAbandonedWork(layout);
  const capacity = capacityOf({ ...options, jobs: options.jobs ?? 1, gpus: options.gpus ?? gpuCount() });
  const card = cardOf(capacity, layout);
  const { stop: drain, kill: stop, dispose } = onInterrupt(true, meaning);
  let executing = 0;
  const onEvent = (event: WorkerEvent): void => {
    if (event.type === 'taken') executing += 1;
    if (event.type === 'ended' || event.type === 'untold') executing -= 1;
    const line = workerLine(event, styleFor(useColor('stderr')));
    if (line !== undefined) printNotice(line);
  };
  function meaning(): string {
    return executing === 0 ? '' : `: taking no more stages, finishing ${executing}. Repeat to stop them`;
  }
  printNotice(introduction(card, capacity, shownAddress(address)));
  printNotice(`store ${layout.root} · project ${project}`);
  try {
    await runWorker({
      address,
      queue: config.values['queue.name'],
      card,
      capacity,
      environment: {
        worker: card.name,
        layout,
        store: artifactStore(layout),
        stores: [storeIdentity(layout)],
        project,
        kinds: () => openCatalogue(layout),
      },
      onEvent,
      drain,
      stop,
    });
    return stop.aborted ? INTERRUPTED : 0;
  } finally {
    dispose();
  }
}

function cardOf({ threads, memory, gpu }: Capacity, layout: StoreLayout): WorkerCard {
  const host = hostname();
  return {
    name: `${host}-${process.pid}`,
    host,
    pid: process.pid,
    version: ownPackage().version,
    threads,
    memory,
    gpu,
    engines: enginesOf(layout.cache),
    draining: false,
  };
}

function introduction(
  { name, engines }: WorkerCard,
  { jobs, threads, memory, gpu }: Capacity,
  at: string,
): string {
  const has = [
    `${jobs} at a time`,
    `${threads} threads`,
    bytesText(memory),
    ...(gpu > 0 ? [`${gpu} GPU`] : []),
    `engines ${engines.join(', ')}`,
  ];
  return `worker ${name} at ${at}: ${has.join(', ')}`;
}

/** The embedded engine, and TensorFlow where it is installed and loads. */
function enginesOf(cache: string): string[] {
  const embedded = engineName(chooseEngine({ backend: 'wasm', precision: 'exact' }, cache));
  try {
    return [embedded, engineName(chooseEngine({ backend: 'tensorflow', precision: 'fast' }, cache))];
  } catch {
    return [embedded];
  }
}

function gpuCount(): number {
  try {
    return readdirSync('/dev').filter((name) => /^nvidia\d+$/.test(name)).length;
  } catch {
    return 0;
  }
}
