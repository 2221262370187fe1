/** Whether a run can hand its stages to workers from this machine: `pipeline doctor --executor queue`. */
import { existsSync } from 'node:fs';
import { PipelineError } from '../../base/diagnostic.ts';
import { ownPackage } from '../../base/installation.ts';
import type { Values } from '../../config/settings.ts';
import type { WorkerCard } from '../../execute/executors/queue/protocol.ts';
import { queueAddress, remoteIdentity } from '../../execute/executors/queue/queue-executor.ts';
import { EVICTION_HINT, shownAddress } from '../../execute/executors/queue/redis.ts';
import { serves } from '../../execute/executors/queue/resource-class.ts';
import { surveyQueue, type ClassTasks, type Server } from '../../execute/executors/queue/survey.ts';
import { openCatalogue } from '../../kinds/catalogue.ts';
import { installedCode } from '../../kinds/installed-code.ts';
import { storeIdentity } from '../../store/identity.ts';
import type { StoreLayout } from '../../store/layout.ts';
import { bytesText } from '../render/text.ts';
import type { Check } from './check.ts';

/** The library needs streams, and commands that take several keys at once. */
const OLDEST = { Redis: '6.2', Valkey: '7.2' } as const;

/** What a worker has to have in common with this machine. */
interface Own {
  readonly code: string;
  /** Empty where this machine has no store yet. */
  readonly stores: readonly string[];
}

export async function queueChecks(values: Values, layout: StoreLayout): Promise<Check[]> {
  try {
    const address = queueAddress(values);
    const shown = shownAddress(address);
    const { server, workers, tasks } = await surveyQueue(address, values['queue.name']);
    const own: Own = {
      code: installedCode(openCatalogue(layout)),
      stores: existsSync(layout.root) ? [storeIdentity(layout), ...remoteIdentity(values)] : [],
    };
    return [
      serverCheck(server, shown),
      evictionCheck(server),
      memoryCheck(server),
      ...workerChecks(workers, own, shown),
      stagesCheck(tasks, workers),
    ];
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return [
      { name: 'server', state: 'failed', found: error.message, ...(error.hint && { hint: error.hint }) },
    ];
  }
}

function serverCheck({ name, version }: Server, shown: string): Check {
  const oldest = OLDEST[name as keyof typeof OLDEST];
  const found = `${name} ${version} at ${shown}`;
  if (!isOlder(version, oldest)) return { name: 'server', state: 'ok', found };
  const hint = `Install ${name} ${oldest} or later.`;
  return { name: 'server', state: 'failed', found: `${found} is too old`, hint };
}

function isOlder(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) => text.split('.').map(Number)) as [number[], number[]];
  const [major = 0, minor = 0] = one;
  return major < other[0]! || (major === other[0] && minor < other[1]!);
}

function evictionCheck({ evictionPolicy: found }: Server): Check {
  const name = 'eviction';
  if (found === 'noeviction') return { name, state: 'ok', found };
  // A run begins all the same: some services do not say it.
  if (found === undefined)
    return {
      name,
      state: 'warning',
      found: 'the server does not say its policy',
      hint: 'Make sure that `maxmemory-policy` is noeviction: with another one, stages are lost whenever its memory is full.',
    };
  return {
    name,
    state: 'failed',
    found: `${found}: stages would be lost whenever its memory is full`,
    hint: EVICTION_HINT,
  };
}

/** A stage takes a few kB. */
const FULL = 0.9;

function memoryCheck({ usedMemory, maxMemory }: Server): Check {
  const name = 'memory of the server';
  const used = bytesText(usedMemory);
  if (maxMemory === 0) return { name, state: 'ok', found: `${used}, without a limit` };
  const found = `${used} of ${bytesText(maxMemory)}`;
  return usedMemory < FULL * maxMemory
    ? { name, state: 'ok', found }
    : {
        name,
        state: 'warning',
        found,
        hint: 'Raise `maxmemory` of the server, or remove what else it holds.',
      };
}

function workerChecks(workers: readonly WorkerCard[], own: Own, shown: string): Check[] {
  if (workers.some(({ draining }) => !draining)) return workers.map((card) => workerCheck(card, own));
  return [
    ...workers.map((card) => workerCheck(card, own)),
    {
      name: 'workers',
      state: 'failed',
      found: workers.length === 0 ? 'none listens' : 'all are about to end',
      hint: `Start one on every machine: \`pipeline worker --queue ${shown} --store FOLDER\`.`,
    },
  ];
}

function workerCheck(card: WorkerCard, own: Own): Check {
  const { threads, memory, gpu, engines, version, code, draining } = card;
  const has = [
    `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    bytesText(memory),
    ...(gpu > 0 ? [`${gpu} GPU`] : []),
  ];
  const found = `${has.join(', ')}, engines ${engines.join(', ')}, version ${version}, code ${code}`;
  const name = `worker ${card.name}`;
  if (draining)
    return {
      name,
      state: 'missing',
      found: `${found}; takes no more stages`,
      hint: 'It finishes those that it has.',
    };
  if (code !== own.code)
    return {
      name,
      state: 'warning',
      found: `${found}; this machine has version ${ownPackage().version}, code ${own.code}`,
      hint: 'It refuses stages whose code is another. Install the same version on both machines, and start the worker again.',
    };
  if (own.stores.length > 0 && !card.stores.some((store) => own.stores.includes(store)))
    return {
      name,
      state: 'warning',
      found: `${found}; has another store`,
      hint: 'Start it with `--store` and the folder that the machines share, or give all of them the same remote store.',
    };
  return { name, state: 'ok', found };
}

function stagesCheck(tasks: readonly ClassTasks[], workers: readonly WorkerCard[]): Check {
  const name = 'stages';
  const sum = (of: (one: ClassTasks) => number): number => tasks.reduce((total, one) => total + of(one), 0);
  const found = `${sum(({ waiting }) => waiting)} waiting, ${sum(({ executing }) => executing)} executing`;
  const stuck = tasks.filter(
    ({ needs, waiting }) => waiting > 0 && !workers.some((card) => !card.draining && serves(card, needs)),
  );
  if (stuck.length === 0) return { name, state: 'ok', found };
  return {
    name,
    state: 'warning',
    found: `${found}; no worker has what these need: ${stuck.map(({ needs }) => needs.name).join(', ')}`,
    hint: 'Start a worker on a machine with enough memory and GPUs, or raise `--memory` and `--gpus` of one.',
  };
}
