/** The instructions about a chunk that forward and backward have in common: dropout, pooling and the recurrence. */
import { POOLING, recurrentOperations as op } from '../abi.generated.ts';
import type { Instruction } from '../threads/instructions.ts';
import type { Chunk } from './batch-layout.ts';
import type { RecurrenceFields } from './cells/cell.ts';
import { stepsOf, type Context } from './context.ts';
import type { DropoutMask } from './dropout.ts';
import type { TapeMemory } from './tape.ts';

/** Of a chunk's rows of `width` bytes, the first of them at `from`. */
export function dropoutOf(
  tape: TapeMemory,
  chunk: Chunk,
  mask: DropoutMask,
  { from, to, width }: { readonly from: number; readonly to: number; readonly width: number },
): Instruction {
  const rows = tape.rows + chunk.rowsAt * 4;
  return op.dropout({
    src: from,
    lds: width,
    dst: to,
    ldd: width,
    ...stepsOf(tape, chunk),
    rows,
    ...mask,
    width,
  });
}

/** The fields of poolingForward, which poolingBackward has too. */
export function poolingFields(
  { shape, sizes, weights }: Context,
  tape: TapeMemory,
  chunk: Chunk,
): Parameters<typeof op.poolingForward>[0] {
  const width = sizes.paddedOutput * 4;
  const states = tape.layers.at(-1)?.dropped ?? tape.input.x;
  return {
    kind: POOLING[shape.pooling],
    y: states + chunk.firstToken * width,
    ldy: width,
    ...stepsOf(tape, chunk),
    count: chunk.rows,
    out: tape.out,
    rows: tape.rows + chunk.rowsAt * 4,
    half: width / sizes.directions,
    width,
    v: weights.attention,
    weights: tape.attentionWeights + chunk.firstToken * 4,
  };
}

/** One direction of a layer, from the chunk's first token on: what a cell's forward and backward both take. */
export function recurrenceFields(
  { sizes, weights }: Context,
  tape: TapeMemory,
  chunk: Chunk,
  l: number,
  d: number,
): RecurrenceFields {
  const { paddedHidden: H, paddedOutput, recordWidth } = sizes;
  const layer = tape.layers[l]!;
  const ldy = paddedOutput * 4;
  const memory = layer.memories[d];
  const first = layer.keep ? chunk.firstToken : chunk.rowsAt;
  return {
    record: layer.records[d]! + first * recordWidth * 4,
    y: layer.y + chunk.firstToken * ldy + d * H * 4,
    ldy,
    c: memory === undefined ? 0 : memory + first * H * 4,
    zeros: weights.zeros,
    ...stepsOf(tape, chunk),
    reverse: d === 1,
    H,
  };
}
