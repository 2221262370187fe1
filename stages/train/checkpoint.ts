/**
 * Saves and restores the whole state of a training in one file of the resume folder, which is replaced atomically.
 * Whenever the process dies, the next one resumes from the file and ends with the same bytes: JSON and float32 store
 * all numbers exactly. The file is written while the training goes on, from copies.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { monotonic } from '../../src/base/clock.ts';
import { publishFile } from '../../src/base/files.ts';
import type { Model } from '../../src/engine/model/training-model.ts';
import type { DenseOptimizer } from '../../src/engine/optimizer/adamw.ts';
import type { Average } from '../../src/engine/optimizer/weight-average.ts';
import { writeBehind } from '../../src/formats/bytes.ts';
import { EMBEDDINGS, type ModelWeights } from '../../src/formats/model.ts';
import { readSafetensors, safetensorsParts, type Tensor } from '../../src/formats/safetensors.ts';
import { freshState, type Best, type TrainingState } from './state.ts';

type Tensors = ReadonlyMap<string, Tensor<Float32Array>>;

export interface Trained {
  readonly model: Model;
  readonly optimizer: DenseOptimizer;
  readonly average: Average;
}

const FILE = 'checkpoint.safetensors';

/** The checkpoints of one process. An error of writing is thrown by the call after it. */
export interface Checkpoints {
  /** Begins to save the state, when the checkpoint before is written. */
  save(state: TrainingState): Promise<void>;
  /** The same where the last was begun `everyMs` ago. */
  saveIfDue(state: TrainingState): Promise<void>;
  /** Waits until what was begun is written. */
  settle(): Promise<void>;
}

export function openCheckpoints(folder: string, parts: Trained, everyMs: number): Checkpoints {
  let writing = Promise.resolve();
  let begun = monotonic();
  const settle = async (): Promise<void> => {
    const before = writing;
    writing = Promise.resolve();
    await before;
  };
  const save = async (state: TrainingState): Promise<void> => {
    await settle();
    begun = monotonic();
    writing = write(folder, snapshot(state, parts));
    // Not unhandled until somebody waits for it.
    writing.catch(() => undefined);
  };
  return {
    save,
    saveIfDue: async (state) => {
      if (monotonic() - begun >= everyMs) await save(state);
    },
    settle,
  };
}

async function write(folder: string, content: readonly Uint8Array[]): Promise<void> {
  // Always under the same name, so that killed trainings leave at most one behind.
  const aside = join(folder, `${FILE}.new`);
  rmSync(aside, { force: true });
  await writeBehind(aside, content);
  publishFile(aside, join(folder, FILE));
}

/** The content of the file: nothing in it changes with the next steps. */
function snapshot(state: TrainingState, parts: Trained): Uint8Array[] {
  const { best, ...rest } = state;
  const { m, v } = parts.model.table.readMoments();
  const tensors = new Map<string, Tensor>([
    ...prefixed('model', parts.model.weights()),
    ...prefixed('optimizer', parts.optimizer.state()),
    ['moments/m', { shape: [m.length], data: m }],
    ['moments/v', { shape: [v.length], data: v }],
    ...prefixed('average', copied(parts.average.weights() ?? new Map())),
    ...prefixed('best', best?.weights ?? new Map()),
  ]);
  const scalars = { ...rest, best: best && { ...best, weights: undefined } };
  return safetensorsParts(Object.fromEntries(tensors), { state: JSON.stringify(scalars) });
}

/** Restores the parts from the checkpoint, if there is one; returns the state to resume from. `sets`: their number. */
export function resumeFrom(folder: string, parts: Trained, sets: number): TrainingState {
  const path = join(folder, FILE);
  if (!existsSync(path)) return freshState(sets);
  const file = readSafetensors(path);
  const tensors = file.tensors as Tensors;
  const scalars = JSON.parse(file.metadata['state']!) as Omit<TrainingState, 'best'> & {
    readonly best?: Omit<Best, 'weights'>;
  };
  parts.model.assign(withPrefix('model', tensors));
  parts.optimizer.restore(withPrefix('optimizer', tensors));
  parts.model.table.writeMoments({
    m: tensors.get('moments/m')!.data,
    v: tensors.get('moments/v')!.data,
  });
  const average = withPrefix('average', tensors);
  parts.average.restore(average.has(EMBEDDINGS) ? average : undefined);
  return { ...scalars, best: scalars.best && { ...scalars.best, weights: withPrefix('best', tensors) } };
}

/** The mean is updated in place. */
function copied(tensors: Tensors): Tensors {
  return new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
}

function prefixed(prefix: string, tensors: Tensors): [string, Tensor][] {
  return [...tensors].map(([name, tensor]) => [`${prefix}/${name}`, tensor]);
}

function withPrefix(prefix: string, tensors: Tensors): ModelWeights {
  const start = `${prefix}/`;
  const names = [...tensors.keys()].filter((name) => name.startsWith(start));
  return new Map(
    names.map((name) => {
      const { shape, data } = tensors.get(name)!;
      return [name.slice(start.length), { shape, data }];
    }),
  );
}
