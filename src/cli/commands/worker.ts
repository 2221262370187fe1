import { join, resolve } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { reasonOf } from '../../base/system-error.ts';
import { capacityOf, type Capacity } from '../../execute/capacity.ts';
import type { WorkerEnvironment } from '../../execute/executors/queue/held-task.ts';
import type { WorkerCard } from '../../execute/executors/queue/protocol.ts';
import { projectTop } from '../../execute/executors/queue/project-top.ts';
import { queueAddress, remoteIdentity } from '../../execute/executors/queue/queue-executor.ts';
import { shownAddress } from '../../execute/executors/queue/redis.ts';
import { cardOf, gpuCount } from '../../execute/executors/queue/worker-card.ts';
import { runWorker, type WorkerEvent } from '../../execute/executors/queue/worker.ts';
import { openCatalogue } from '../../kinds/catalogue.ts';
import { installedCode } from '../../kinds/installed-code.ts';
import { configFor, folderOf, storesOf, type ConfigFlags, type Stores } from '../../session.ts';
import { storeIdentity } from '../../store/identity.ts';
import { findWhole } from '../../store/store.ts';
import { storeLayout } from '../../store/layout.ts';
import { removeAbandonedWork } from '../../store/local/work.ts';
import { printNotice, styleFor, useColor } from '../render/output.ts';
import { bytesText } from '../render/text.ts';
import { workerLine } from '../render/worker-lines.ts';
import { INTERRUPTED, onInterrupt } from './interrupt.ts';
import { storeNotice } from './stores.ts';

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
  // What a stage makes is uploaded before the coordinator hears of it, not at some time in the background.
  const config = await configFor({ ...options, push: false }, inProject);
  const address = queueAddress(config.values);
  const layout = storeLayout(folderOf(config, inProject));
  removeAbandonedWork(layout);
  const capacity = capacityOf({ ...options, jobs: options.jobs ?? 1, gpus: options.gpus ?? gpuCount() });
  const stores = await storesOf(config, layout, storeNotice);
  const own = workerStores(stores);
  let kinds = openCatalogue(layout);
  const card = cardOf(capacity, { cache: layout.cache, code: installedCode(kinds), stores: own.stores });
  const { stop: drain, kill: stop, dispose } = onInterrupt(true, meaning);
  stop.addEventListener('abort', () => stores.remote?.interrupt());
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
        ...own,
        project,
        kinds: (how) => (kinds = how === 'again' ? openCatalogue(layout) : kinds),
      },
      onEvent,
      drain,
      stop,
    });
    return stop.aborted ? INTERRUPTED : 0;
  } finally {
    stores.remote?.close();
    dispose();
  }
}

/** A remote store that this machine may not write to is of no use for results. */
function workerStores({
  config,
  layout,
  store,
  remote,
}: Stores): Pick<WorkerEnvironment, 'store' | 'stores' | 'publish'> {
  if (remote?.settings.mode !== 'read-write') return { store, stores: [storeIdentity(layout)] };
  return {
    store,
    stores: [storeIdentity(layout), ...remoteIdentity(config.values)],
    async publish(kind, key) {
      // What is only in the remote store need not go there.
      const found = await findWhole(store, kind, key);
      if (!found || found.path === null) return;
      await remote.send({ ...found, path: found.path }).catch((error: unknown) => {
        throw new PipelineError(
          'E_STORE',
          `the artifact cannot be put into the remote store: ${reasonOf(error)}`,
          {
            hint: 'It is in the store of the worker: run the same command again when the remote store can be reached.',
            cause: error,
          },
        );
      });
    },
  };
}

function introduction(
  { name, pid, engines }: WorkerCard,
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
  return `worker ${name} (process ${pid}) at ${at}: ${has.join(', ')}`;
}
