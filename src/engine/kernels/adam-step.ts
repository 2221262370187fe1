/** The numbers of an Adam step, and how its kernel (`adam` in assembly/lib/tokens.ts) takes them. */
import { power } from '../../base/math.ts';
import type { recurrentOperations as op } from './abi.generated.ts';

export interface AdamStep {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Multiplies the gradients first (clipping). */
  readonly scale: number;
  /** From 1 on; for the correction of the moments' bias. */
  readonly step: number;
}

export type AdamNumbers = Pick<
  Parameters<typeof op.adam>[0],
  'rate' | 'beta1' | 'beta2' | 'rest1' | 'rest2' | 'epsilon' | 'decay' | 'scale' | 'root'
>;

/** As the kernel takes them. */
export function adamNumbers(o: AdamStep): AdamNumbers {
  return {
    rate: o.learningRate / (1 - power(o.beta1, o.step)),
    beta1: o.beta1,
    beta2: o.beta2,
    rest1: 1 - o.beta1,
    rest2: 1 - o.beta2,
    epsilon: o.epsilon,
    decay: 1 - o.learningRate * o.weightDecay,
    scale: o.scale,
    root: 1 / (1 - power(o.beta2, o.step)),
  };
}
