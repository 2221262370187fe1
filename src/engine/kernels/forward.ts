import { layOut, type Batch, type Chunk } from './batch.ts';
import type { TableMemory } from './embedding-table.ts';
import type { Heap } from './heap.ts';
import { dropoutMask, operations as op, type Job, type Operation, type Steps } from './operations.ts';
import type { Pool } from './pool.ts';
import type { ForwardOptions } from './recurrent.ts';
import type { Ragged } from '../../formats/ragged.ts';
import type { RecurrentShape, Sizes } from './shape.ts';
import { createScope, type LayerTape, type TapeMemory } from './tape.ts';
import type { LoadedWeights } from './weights.ts';

export interface Context {
  readonly heap: Heap;
  readonly pool: Pool;
  readonly shape: RecurrentShape;
  readonly sizes: Sizes;
  readonly weights: LoadedWeights;
}

const POOLINGS = ['last', 'mean', 'max', 'attention'] as const;
export const poolingNumber = ({ pooling }: RecurrentShape): number => POOLINGS.indexOf(pooling);

export function forward(
  context: Context,
  ragged: Ragged,
  table: TableMemory,
  version: number,
  options: ForwardOptions,
): { output: Float32Array; tape: TapeMemory } {
  const { heap, pool, sizes } = context;
  const batch = layOut(ragged);
  const tape = createTape(context, batch, table, version, options);
  heap.floats(tape.out, Math.max(1, batch.rowCount * sizes.outputWidth)).fill(0);
  pool.run(batch.chunks.map((chunk) => forwardJob(context, tape, chunk)));
  return { output: readOutput(context, tape), tape };
}

function createTape(
  { heap, sizes, shape }: Context,
  batch: Batch,
  table: TableMemory,
  version: number,
  { training, dropout, seed, tableTrainable }: ForwardOptions,
): TapeMemory {
  const scope = createScope(heap);
  const put = (values: Uint32Array): number => {
    const at = scope.allocate(values.length);
    heap.words(at, values.length).set(values);
    return at;
  };
  const { tokens, rowCount } = batch;
  const { hidden, directions, layers: count } = sizes;
  const rate = training ? dropout : { input: 0, output: 0 };
  const outputMasks = Array.from({ length: count }, (_, l) => dropoutMask(rate.output, seed, 1 + l));
  const block = (width: number): number => scope.allocate(Math.max(1, tokens * width));
  const layers = outputMasks.map((mask): LayerTape => {
    const y = block(directions * hidden);
    const each = <T>(make: () => T): T[] => Array.from({ length: directions }, make);
    return {
      y,
      dropped: mask ? block(directions * hidden) : y,
      records: each(() => block(4 * hidden)),
      cells: shape.cell === 'lstm' ? each(() => block(hidden)) : [],
    };
  });
  let released = false;
  return {
    batch,
    table,
    tableTrainable,
    version,
    ids: put(batch.ids),
    starts: put(batch.starts),
    rows: put(batch.rows),
    x: block(table.width),
    layers,
    out: scope.allocate(Math.max(1, rowCount * sizes.outputWidth)),
    shares: shape.pooling === 'attention' ? block(1) : 0,
    inputMask: dropoutMask(rate.input, seed, 0),
    outputMasks,
    release: () => {
      released = true;
      scope.release();
    },
    released: () => released,
  };
}

export const stepsOf = (tape: TapeMemory, chunk: Chunk): Steps => ({
  starts: tape.starts + chunk.startsAt * 4,
  steps: chunk.steps,
});

function forwardJob(context: Context, tape: TapeMemory, chunk: Chunk): Job {
  const { sizes } = context;
  const { table } = tape;
  const width = table.width * 4;
  const steps = stepsOf(tape, chunk);
  const rows = tape.rows + chunk.rowsAt * 4;
  const x = tape.x + chunk.firstToken * width;
  const job: Operation[] = [
    op.gather(x, width, table.data, width, tape.ids + chunk.firstToken * 4, chunk.tokens, width),
  ];
  if (tape.inputMask) job.push(op.dropout([x, width], [x, width], steps, rows, tape.inputMask, width));
  let input = { at: x, width };
  for (const [l, layer] of tape.layers.entries()) {
    for (let d = 0; d < sizes.directions; d++) job.push(...cellOperations(context, tape, chunk, l, d, input));
    const ldy = sizes.outputWidth * 4;
    const at = (address: number): number => address + chunk.firstToken * ldy;
    const mask = tape.outputMasks[l];
    if (mask) job.push(op.dropout([at(layer.y), ldy], [at(layer.dropped), ldy], steps, rows, mask, ldy));
    input = { at: at(layer.dropped), width: ldy };
  }
  job.push(poolOperation(context, tape, chunk, input));
  return job;
}

/** The input product of all the chunk's tokens, then the recurrence. */
function cellOperations(
  { sizes, shape, weights }: Context,
  tape: TapeMemory,
  chunk: Chunk,
  l: number,
  d: number,
  input: { at: number; width: number },
): Operation[] {
  const { hidden, gates, outputWidth } = sizes;
  const layer = tape.layers[l]!;
  const cell = weights.cell(l, d);
  const ldr = 16 * hidden;
  const record = layer.records[d]! + chunk.firstToken * ldr;
  const y = layer.y + chunk.firstToken * outputWidth * 4 + d * hidden * 4;
  const { starts, steps } = stepsOf(tape, chunk);
  const product = op.gemm({
    a: input.at,
    lda: input.width,
    b: cell.w,
    c: record,
    ldc: ldr,
    init: cell.bias,
    ldi: 0,
    m: chunk.tokens,
    k: input.width / 4,
    n: gates * hidden,
  });
  const tail = [weights.zeros, starts, steps, d, hidden];
  const recurrence =
    shape.cell === 'gru'
      ? op.gruForward(record, y, outputWidth * 4, cell.u, cell.un, ...tail)
      : op.lstmForward(
          record,
          y,
          outputWidth * 4,
          layer.cells[d]! + chunk.firstToken * hidden * 4,
          cell.u,
          ...tail,
        );
  return [product, recurrence];
}

function poolOperation(
  { shape, sizes, weights }: Context,
  tape: TapeMemory,
  chunk: Chunk,
  { at, width }: { at: number; width: number },
): Operation {
  const { starts, steps } = stepsOf(tape, chunk);
  const half = (sizes.outputWidth / sizes.directions) * 4;
  const shares = tape.shares + chunk.firstToken * 4;
  return op.poolForward(
    poolingNumber(shape),
    at,
    width,
    starts,
    steps,
    chunk.rows,
    tape.out,
    tape.rows + chunk.rowsAt * 4,
    half,
    sizes.outputWidth * 4,
    weights.attention,
    shares,
  );
}

/** Without the padding of the units. */
function readOutput({ heap, sizes }: Context, tape: TapeMemory): Float32Array {
  const { rowCount } = tape.batch;
  const { output, outputWidth, hidden, directions } = sizes;
  const padded = heap.floats(tape.out, rowCount * outputWidth);
  if (output === outputWidth) return Float32Array.from(padded);
  const values = new Float32Array(rowCount * output);
  const block = output / directions;
  for (let r = 0; r < rowCount; r++)
    for (let d = 0; d < directions; d++) {
      const from = r * outputWidth + d * hidden;
      values.set(padded.subarray(from, from + block), r * output + d * block);
    }
  return values;
}
