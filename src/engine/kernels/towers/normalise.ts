/** Rows scaled to length 1 (assembly/lib/normalise.ts), cut into jobs. */
import { recurrentOperations as op } from '../abi.generated.ts';
import type { Job } from '../threads/instructions.ts';
import { ranges } from '../threads/ranges.ts';
import type { Matrix } from './matrix.ts';

/** Rows whose columns lie in blocks, as the directions of a recurrent layer do; strides in bytes. */
export interface Blocks {
  readonly at: number;
  readonly rows: number;
  readonly rowStride: number;
  readonly blocks: number;
  /** Floats of a block. */
  readonly block: number;
  readonly blockStride: number;
}

/** One block of columns of a matrix, all of them if not said otherwise. */
export function asBlocks({ at, rows, columns, stride }: Matrix): Blocks {
  return { at, rows, rowStride: stride, blocks: 1, block: columns, blockStride: 0 };
}

export const widthOf = ({ blocks, block }: Blocks): number => blocks * block;

const ROWS_A_JOB = 16;

interface Forward {
  readonly from: Blocks;
  /** Whether the rows are scaled, or only copied. */
  readonly scaled: boolean;
  /** Where the rows begin, and the bytes between them. */
  readonly to: number;
  readonly stride: number;
  /** f32 [rows] */
  readonly squares: number;
}

export function normaliseJobs({ from: blocks, scaled, to, stride, squares }: Forward): Job[] {
  return ranges(blocks.rows, ROWS_A_JOB).map(({ from, count }) => [
    op.normaliseForward({
      ...fieldsOf(blocks, from, scaled),
      dst: to + from * stride,
      ldd: stride,
      count,
      squares: squares + from * 4,
    }),
  ]);
}

/** As `forward` was given; `gradient` and its stride are of the rows that it made, `into` lies as `from` does. */
export function normaliseBackwardJobs(
  { from: blocks, scaled, squares }: Pick<Forward, 'from' | 'scaled' | 'squares'>,
  gradient: { readonly at: number; readonly stride: number },
  into: number,
): Job[] {
  return ranges(blocks.rows, ROWS_A_JOB).map(({ from, count }) => [
    op.normaliseBackward({
      ...fieldsOf(blocks, from, scaled),
      g: gradient.at + from * gradient.stride,
      ldg: gradient.stride,
      squares: squares + from * 4,
      dst: into + from * blocks.rowStride,
      ldd: blocks.rowStride,
      count,
    }),
  ]);
}

function fieldsOf({ at, rowStride, blocks, block, blockStride }: Blocks, from: number, scaled: boolean) {
  return { src: at + from * rowStride, lds: rowStride, blocks, block, stride: blockStride, scaled };
}
