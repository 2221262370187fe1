/** Which units a dropout takes: those whose number is below the threshold (`dropout` in assembly/lib/tokens.ts). */
export interface DropoutMask {
  readonly seed: number;
  /** Of 24 bits. */
  readonly threshold: number;
  /** 1 / (1 − rate): what the other units are multiplied with. */
  readonly scale: number;
}

/** place: 0 for the embeddings, 1 + l for the outputs of layer l. Undefined where the rate is 0. */
export function dropoutMask(rate: number, seed: number, place: number): DropoutMask | undefined {
  if (rate <= 0) return undefined;
  return {
    seed: (Math.imul(seed, 0x9e3779b1) + Math.imul(place, 0x85ebca6b)) >>> 0,
    threshold: Math.round(rate * 2 ** 24),
    scale: 1 / (1 - rate),
  };
}
