/**
 * Resource classes: what a stage needs of the machine that executes it, as the name of a queue. Every worker serves the
 * queues of which it has all that they need, so that no task is taken by a machine on which it cannot run.
 */
import { digestOfJson } from '../../../base/hash.ts';
import type { Json } from '../../../base/json.ts';
import type { Resources } from '../../../spec/spec.ts';
import type { Engine } from '../../../stage.ts';
import type { Job } from '../../job/job.ts';
import type { WorkerCard } from './protocol.ts';

export interface ResourceClass {
  /** The name of the queue. */
  readonly name: string;
  readonly resources: Resources;
  /** As in `engineName`; `any` for a kind whose result depends on no engine. */
  readonly engine: string;
}

const MIB = 2 ** 20;

/** `wasm`, or `tensorflow` with a digest, since its results are those of its version and its device. */
export function engineName(engine: Engine): string {
  return engine.backend === 'wasm'
    ? `wasm${engine.version}`
    : `${engine.backend}${digestOfJson({ ...engine } as unknown as Json).slice(0, 8)}`;
}

export function classOf({ document, resources }: Pick<Job, 'document' | 'resources'>): ResourceClass {
  const engine = document.engine ? engineName(document.engine) : 'any';
  const { threads, memory, gpu } = resources ?? {};
  const name = [
    engine,
    ...(threads === undefined ? [] : [`${threads}threads`]),
    ...(memory === undefined ? [] : [`${Math.ceil(memory / MIB)}mib`]),
    ...(gpu ? [`${gpu}gpu`] : []),
  ].join('-');
  return { name, engine, resources: resources ?? {} };
}

const NAME = /^(?<engine>[a-z0-9]+)(?:-(?<threads>\d+)threads)?(?:-(?<mib>\d+)mib)?(?:-(?<gpu>\d+)gpu)?$/;

/** Undefined for a name that another version gave. */
export function parseClass(name: string): ResourceClass | undefined {
  const groups = NAME.exec(name)?.groups;
  if (!groups) return undefined;
  const number = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : Number(text);
  const [threads, mib, gpu] = [number(groups['threads']), number(groups['mib']), number(groups['gpu'])];
  return {
    name,
    engine: groups['engine']!,
    resources: {
      ...(threads !== undefined && { threads }),
      ...(mib !== undefined && { memory: mib * MIB }),
      ...(gpu !== undefined && { gpu }),
    },
  };
}

/** Threads are no condition: a stage gives the same result with fewer. */
export function serves(
  { engines, memory, gpu }: Pick<WorkerCard, 'engines' | 'memory' | 'gpu'>,
  { engine, resources }: ResourceClass,
): boolean {
  return (
    (engine === 'any' || engines.includes(engine)) &&
    (resources.memory ?? 0) <= memory &&
    (resources.gpu ?? 0) <= gpu
  );
}
