import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { raggedFrom } from '../../../src/formats/ragged.ts';
import { nearDuplicates, shingles } from '../../../stages/mine/near-duplicate.ts';

/** The same over sets of joined words. */
function naiveOverlap(left: readonly number[], right: readonly number[], width: number): number {
  const sets = [left, right].map((tokens) => {
    if (tokens.length < width) return new Set([tokens.join(' ')]);
    return new Set(
      Array.from({ length: tokens.length - width + 1 }, (_, i) => tokens.slice(i, i + width).join(' ')),
    );
  }) as [Set<string>, Set<string>];
  const shared = [...sets[0]].filter((shingle) => sets[1].has(shingle)).length;
  return shared / (sets[0].size + sets[1].size - shared);
}

const alike = (left: number[], right: number[], width: number, threshold: number): boolean =>
  nearDuplicates(raggedFrom([left, right]), width, threshold).alike(0, 1);

describe('near-duplicates', () => {
  it('one changed word in the middle of ten changes three of eight shingles', () => {
    const text = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const changed = text.with(5, 99);
    // 5 shingles shared, 3 of each text's own: 5 / 11.
    expect(alike(text, changed, 3, 5 / 11)).toBe(true);
    expect(alike(text, changed, 3, 0.46)).toBe(false);
  });

  it('at 1, only texts with the same shingles are alike', () => {
    expect(alike([2, 3, 2, 3, 2], [2, 3, 2, 3], 2, 1)).toBe(true);
    expect(alike([2, 3, 4], [2, 3, 4, 5], 2, 1)).toBe(false);
  });

  it('a text shorter than a shingle is one shingle, and two empty texts are alike', () => {
    expect(shingles(Uint32Array.of(7, 8), 3)).toHaveLength(1);
    expect(alike([7, 8], [7, 8], 3, 1)).toBe(true);
    expect(alike([], [], 3, 1)).toBe(true);
    expect(alike([], [7], 3, 0.1)).toBe(false);
  });

  it('have the Jaccard similarity of their shingle sets', () => {
    const text = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 20 });
    fc.assert(
      fc.property(
        text,
        text,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 20 }),
        (left, right, width, twentieths) => {
          const threshold = twentieths / 20;
          const overlap = naiveOverlap(left, right, width);
          // Where a quotient is the threshold itself, the two roundings may differ.
          fc.pre(Math.abs(overlap - threshold) > 1e-9 || overlap === 1);
          expect(alike(left, right, width, threshold)).toBe(overlap >= threshold);
        },
      ),
    );
  });
});
