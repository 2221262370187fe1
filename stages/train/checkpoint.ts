/**
 * Saves and restores the whole state of a training in one file of the resume folder, which is replaced atomically.
 * Whenever the process dies, the next one resumes from the file and ends with the same bytes: JSON and float32 store
 * all numbers exactly.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { publishFile } from '../../src/base/files.ts';
import type { Model } from '../../src/engine/model/training-model.ts';
import type { DenseOptimizer } from '../../src/engine/optimizer/adamw.ts';
import type { Average } from '../../src/engine/optimizer/weight-average.ts';
import { EMBEDDINGS, type ModelWeights } from '../../src/formats/model.ts';
import { readSafetensors, writeSafetensors, type Tensor } from '../../src/formats/safetensors.ts';
import { freshState, type Best, type TrainingState } from './state.ts';

type Tensors = ReadonlyMap<string, Tensor<Float32Array>>;

export interface Trained {
  readonly model: Model;
  readonly optimizer: DenseOptimizer;
  readonly average: Average;
}

const FILE = 'checkpoint.safetensors';

export function writeCheckpoint(folder: string, state: TrainingState, parts: Trained): void {
  const { best, ...rest } = state;
  const { m, v } = parts.model.table.readMoments();
  const tensors = new Map<string, Tensor>([
    ...prefixed('model', parts.model.weights()),
    ...prefixed('optimizer', parts.optimizer.state()),
    ['moments/m', { shape: [m.length], data: m }],
    ['moments/v', { shape: [v.length], data: v }],
    ...prefixed('average', parts.average.weights() ?? new Map()),
    ...prefixed('best', best?.weights ?? new Map()),
  ]);
  const scalars = { ...rest, best: best && { ...best, weights: undefined } };
  // Always under the same name, so that killed trainings leave at most one behind.
  const aside = join(folder, `${FILE}.new`);
  rmSync(aside, { force: true });
  writeSafetensors(aside, Object.fromEntries(tensors), { state: JSON.stringify(scalars) });
  publishFile(aside, join(folder, FILE));
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
