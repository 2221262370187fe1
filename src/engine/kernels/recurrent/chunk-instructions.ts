/** What forward and backward say to the kernels in the same words: the dropout and the pooling of a chunk. */
import { POOLING, recurrentOperations as op } from '../abi.generated.ts';
import type { Instruction } from '../threads/instructions.ts';
import type { Chunk } from './batch-layout.ts';
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
