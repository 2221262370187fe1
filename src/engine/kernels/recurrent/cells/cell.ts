/**
 * What a recurrent cell is: its weights, one step of it in TensorFlow.js ops, and how the fused kernels compute it.
 * Everything else of the engine asks here and knows no cell by name. B texts, H hidden units, G gates.
 */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../../ops.ts';
import type { Instruction } from '../../threads/instructions.ts';

/** One direction of one layer has `kernel` [input, G·H], `recurrent` [H, G·H], then the biases [G·H]. */
export interface Cell {
  /** G: the weights have a block of H columns for each gate. */
  readonly gates: number;
  /** The first of them is added to the input product. */
  readonly biases: readonly Bias[];
  /** How many states [B, H] a step hands to the next; the first is the output h. All start as zeros. */
  readonly states: number;
  /** The next states from x [B, G·H] = input · kernel + first bias, and the states before. */
  step(
    tf: Ops,
    x: Tensor2D,
    states: readonly Tensor2D[],
    weights: { readonly recurrent: Tensor2D; readonly biases: readonly Tensor[] },
  ): readonly Tensor2D[];
  /** Absent: it runs on composed ops only. */
  readonly kernels?: CellKernels;
}

export interface Bias {
  readonly name: string;
  /** For each gate, what its units start with. */
  readonly initial: readonly number[];
}

/**
 * How assembly/lib/<cell>.ts computes it. H is padded here. A token's record is `recordBlocks` blocks of H floats:
 * forward, the input product fills its first G blocks and the kernel turns them into what backward needs; backward,
 * the kernel replaces them with the gradients of the pre-activations.
 */
export interface CellKernels {
  readonly recordBlocks: number;
  /** For each gate its block in the record, as the input product fills it. */
  readonly inputOrder: readonly number[];
  /** For each gate its block among the G that the recurrent product adds to, the first being `recurrentBlock`. */
  readonly recurrentOrder: readonly number[];
  readonly recurrentBlock: number;
  /** For each bias and gate: the block whose gradient, summed over the tokens, is that of the bias. */
  readonly biasBlocks: readonly (readonly number[])[];
  /** Whether it keeps a second state c, f32 [tokens, H]. */
  readonly hasMemory: boolean;
  /** Blocks of H floats of scratch that backward needs for each row. */
  readonly scratchBlocks: number;
  /**
   * The biases as the kernel adds them: `input` [G·H] to the input product, in the order of the gates, and `recurrent`
   * [H] inside the recurrent product. `hidden`: without padding.
   */
  joinBiases(
    biases: readonly Float32Array[],
    hidden: number,
  ): { readonly input: Float32Array; readonly recurrent?: Float32Array };
  forward(fields: ForwardFields): Instruction;
  backward(fields: BackwardFields): Instruction;
}

export interface RecurrenceFields {
  readonly record: number;
  /** The states of this direction, `ldy` bytes from row to row. */
  readonly y: number;
  readonly ldy: number;
  /** The second states; 0 where the cell has none. */
  readonly c: number;
  readonly zeros: number;
  readonly starts: number;
  readonly steps: number;
  readonly reverse: boolean;
  readonly H: number;
}

export interface ForwardFields extends RecurrenceFields {
  /** Whether there is a record, and a second state, for each token; else one for each row. */
  readonly keep: boolean;
  /** Where the records are still empty, the input products of words, and u32 [tokens]: which is each token's; else 0. */
  readonly products: number;
  readonly places: number;
  /** Panels of the recurrent weights. */
  readonly u: number;
  readonly recurrentBias: number;
}

export interface BackwardFields extends RecurrenceFields {
  /** Panels of the transposed recurrent weights. */
  readonly ut: number;
  /** The gradient of the states, `ldd` bytes from row to row. */
  readonly dy: number;
  readonly ldd: number;
  /** Where in the scratch its second block is. */
  readonly dc: number;
}
