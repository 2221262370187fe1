/**
 * The only source of randomness: xoshiro128** (Blackman and Vigna 2018, "Scrambled linear pseudorandom number
 * generators"), seeded with the SHA-256 of a seed and a purpose. Streams for different purposes are independent,
 * and adding a consumer never shifts the numbers of another.
 */
import { createHash } from 'node:crypto';
import { log } from './math.ts';

export interface Random {
  /** Uniform in 0 … 2³² − 1. */
  uint32(): number;
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform in 0 … bound − 1 without modulo bias; 1 ≤ bound ≤ 2³². */
  integer(bound: number): number;
  /** Standard normal. */
  normal(): number;
}

const TWO_32 = 2 ** 32;

export function random(seed: number, purpose: string): Random {
  const digest = createHash('sha256').update(`${seed}\n${purpose}`).digest();
  return randomFromState([0, 4, 8, 12].map((offset) => digest.readUInt32LE(offset)));
}

function randomFromState(state: readonly number[]): Random {
  let [a, b, c, d] = state as [number, number, number, number];
  let spare: number | undefined;

  const uint32 = (): number => {
    const mixed = Math.imul(b, 5);
    const result = Math.imul((mixed << 7) | (mixed >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };

  const uniform = (): number => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) * 2 ** -53;

  const integer = (bound: number): number => {
    const limit = TWO_32 - (TWO_32 % bound);
    let value = uint32();
    while (value >= limit) value = uint32();
    return value % bound;
  };

  /** Marsaglia's polar method: uses only multiplication, division, square root and our own logarithm. */
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * log(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  };

  return { uint32, uniform, integer, normal };
}

/** Fisher–Yates, in place. */
export function shuffle<T extends Uint32Array | unknown[]>(items: T, source: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = source.integer(i + 1);
    const item = items[i]!;
    items[i] = items[j]!;
    items[j] = item;
  }
  return items;
}
