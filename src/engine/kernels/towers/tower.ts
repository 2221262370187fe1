/**
 * A tower in the shared memory: texts → pooled parts → projection → vectors, and the way back. Every operation rounds as
 * the TensorFlow.js ops of src/engine/model/similarity.ts and src/engine/backends/autograd-towers.ts do.
 */
import type { Ragged } from '../../../formats/ragged.ts';
import type { EmbeddingTable } from '../embedding/embedding-table.ts';
import { pad } from '../padding.ts';
import type { ForwardOptions } from '../recurrent/context.ts';
import { createRecurrent, type RecurrentPass } from '../recurrent/recurrent.ts';
import { outputWidth, weightShapes, type RecurrentShape } from '../recurrent/shape.ts';
import type { Heap } from '../threads/heap.ts';
import { createScope } from '../threads/scope.ts';
import type { ThreadPool } from '../threads/thread-pool.ts';
import { matrix, readMatrix, type Matrix, type Memory } from './matrix.ts';
import { asBlocks, normaliseBackwardJobs, normaliseJobs, type Blocks } from './normalise.ts';
import { project } from './projection.ts';

export interface TowerShape {
  /** Several are scaled to length 1, each for itself, and concatenated. */
  readonly parts: readonly RecurrentShape[];
  /** Units of the projection, if there is one. */
  readonly projection: number | null;
  /** Whether vectors have length 1. */
  readonly normalised: boolean;
}

/** Vectors in the shared memory until they are released. */
export interface TowerPass {
  readonly vectors: Matrix;
  read(): Float32Array<ArrayBuffer>;
  /**
   * Of a training pass: the gradient of the vectors, which lies as they do, → of each weight; those of embeddings are
   * added to the table.
   */
  backward(gradient: Matrix): Float32Array[];
  release(): void;
}

export interface Tower {
  /** Weights: those of each part, then the projection's kernel and bias. */
  forward(
    texts: Ragged,
    table: EmbeddingTable,
    weights: readonly Float32Array[],
    options: ForwardOptions,
  ): TowerPass;
  dispose(): void;
}

/** A step of normalisation that the backward pass undoes. */
interface Scaling {
  readonly from: Blocks;
  readonly scaled: boolean;
  readonly squares: number;
}

export function createTower(heap: Heap, pool: ThreadPool, shape: TowerShape): Tower {
  const recurrents = shape.parts.map((part) => createRecurrent(heap, pool, part));
  const widths = shape.parts.map(outputWidth);
  const counts = shape.parts.map((part) => weightShapes(part).length);
  const pooledWidth = widths.reduce((sum, width) => sum + width, 0);
  const columnOf = (part: number): number => widths.slice(0, part).reduce((sum, width) => sum + width, 0);
  // A single part without projection becomes the vectors in one go.
  const direct = shape.parts.length === 1 && shape.projection === null;
  const scalesParts = shape.parts.length > 1 || (direct && shape.normalised);
  const widest = pad(Math.max(pooledWidth, shape.projection ?? 0));
  const zeros = heap.allocate(widest * 4);
  heap.f32(zeros, widest).fill(0);

  const forward: Tower['forward'] = (texts, table, weights, options) => {
    const memory: Memory = { heap, scope: createScope(heap) };
    const { scope } = memory;
    const passes: RecurrentPass[] = [];
    let next = 0;
    for (const [i, recurrent] of recurrents.entries()) {
      const own = weights.slice(next, (next += counts[i]!));
      passes.push(recurrent.run(texts, table, own, options));
    }
    const rows = passes[0]!.output.rows;
    const pooled = matrix(memory, rows, pooledWidth);
    const scalings = passes.map(({ output }): Scaling => {
      return { from: output, scaled: scalesParts, squares: scope.allocate(Math.max(1, rows)) };
    });
    pool.run(
      scalings.flatMap((scaling, part) =>
        normaliseJobs({ ...scaling, to: pooled.at + columnOf(part) * 4, stride: pooled.stride }),
      ),
    );
    const [kernel, bias] = weights.slice(next);
    const projection = kernel && bias ? project({ ...memory, pool, zeros }, pooled, kernel, bias) : undefined;
    const result = projection?.out ?? pooled;
    const last: Scaling | undefined =
      shape.normalised && !direct
        ? { from: asBlocks(result), scaled: true, squares: scope.allocate(Math.max(1, rows)) }
        : undefined;
    const vectors = last ? matrix(memory, rows, result.columns) : result;
    if (last) pool.run(normaliseJobs({ ...last, to: vectors.at, stride: vectors.stride }));

    return {
      vectors,
      read: () => readMatrix(heap, vectors),
      backward: (gradient) => {
        let g = gradient;
        if (last) {
          g = matrix(memory, rows, result.columns);
          pool.run(normaliseBackwardJobs(last, gradient, g.at));
        }
        const ofProjection = projection?.backward(g);
        if (ofProjection) g = ofProjection.ofInput;
        const parts = backwardOfParts(memory, passes, scalings, g);
        return [...parts, ...(ofProjection?.ofWeights ?? [])];
      },
      release: () => {
        for (const pass of passes) pass.release();
        scope.release();
      },
    };
  };

  /** In the order in which autograd comes to them, the last part first: the table adds gradients up in it. */
  const backwardOfParts = (
    memory: Memory,
    passes: readonly RecurrentPass[],
    scalings: readonly Scaling[],
    g: Matrix,
  ): Float32Array[] => {
    const gradients = scalings.map(({ from }) => {
      const floats = Math.max(1, (from.rows * from.rowStride) / 4);
      const at = memory.scope.allocate(floats);
      heap.f32(at, floats).fill(0);
      return at;
    });
    pool.run(
      scalings.flatMap((scaling, part) =>
        normaliseBackwardJobs(scaling, { at: g.at + columnOf(part) * 4, stride: g.stride }, gradients[part]!),
      ),
    );
    const ofWeights: Float32Array[][] = [];
    for (let part = passes.length - 1; part >= 0; part--)
      ofWeights.unshift(passes[part]!.backward(gradients[part]!));
    return ofWeights.flat();
  };

  return {
    forward,
    dispose: () => {
      for (const recurrent of recurrents) recurrent.dispose();
      heap.free(zeros);
    },
  };
}
