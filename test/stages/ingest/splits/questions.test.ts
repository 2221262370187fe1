import { describe, expect, it } from 'vitest';
import { compareQuestions, eachSimilarPair } from '../../../../stages/ingest/splits/questions.ts';
import { random } from '../../../../src/base/random.ts';

const pairsOf = (sets: readonly Uint32Array[]): string[] => {
  const pairs: string[] = [];
  eachSimilarPair(sets, (left, right) => pairs.push([left, right].sort((a, b) => a - b).join(' ')));
  return pairs.sort();
};

describe('questions', () => {
  it('have the same wording whatever the letter case and punctuation, and the same set in any order', () => {
    const { wording, set } = compareQuestions(['What is it?', 'what, is IT', 'it is what', '???', '!!!']);
    expect([...wording]).toEqual([0, 0, 1, 2, 3]);
    expect([...set]).toEqual([0, 0, 0, 1, 2]);
  });

  it('are similar exactly where the Jaccard similarity of their words is at least 0.9', () => {
    const numbers = random(3, 'questions');
    // Sets of 8 to 24 words out of 26, many of them nearly equal.
    const sets = Array.from({ length: 150 }, () => {
      const skipped = new Set(Array.from({ length: 2 + numbers.integer(3) }, () => numbers.integer(26)));
      return Uint32Array.from(
        Array.from({ length: 26 }, (_, word) => word).filter((word) => !skipped.has(word)),
      );
    });
    const expected = sets.flatMap((left, i) =>
      sets.slice(i + 1).flatMap((right, j) => {
        const shared = left.filter((word) => right.includes(word)).length;
        return 10 * shared >= 9 * (left.length + right.length - shared) ? [`${i} ${i + 1 + j}`] : [];
      }),
    );
    expect(expected.length).toBeGreaterThan(100);
    expect(pairsOf(sets)).toEqual(expected.sort());
  });
});
