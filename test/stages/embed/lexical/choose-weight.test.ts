import { describe, expect, it } from 'vitest';
import {
  chooseWeight,
  SAFE_WEIGHT,
  type QueryScores,
} from '../../../../stages/embed/lexical/choose-weight.ts';

/** A query with two documents of which the first is relevant: it wins if weight · lexical is above `learned`. */
const query = (learned: number, lexical: number, ignored?: number): QueryScores => ({
  learned: Float64Array.of(0, learned),
  lexical: Float64Array.of(lexical, 0),
  relevant: [0],
  ignored,
});
const repeated = (count: number, one: QueryScores): QueryScores[] => Array.from({ length: count }, () => one);

describe('the weight of the lexical part', () => {
  it('is the smallest step to the best where many queries need a larger weight', () => {
    // The relevant document is first from a weight of 0.9 on.
    expect(chooseWeight([repeated(200, query(0.9, 1))], 1).weight).toBe(1);
  });

  it('is 0 where words mislead', () => {
    expect(chooseWeight([repeated(200, query(-0.01, -1))], 1).weight).toBe(0);
  });

  it('is the safe one where few queries speak for another', () => {
    const queries = [query(0.9, 1), ...repeated(9, query(-5, 0))];
    expect(chooseWeight([queries], 1).weight).toBe(SAFE_WEIGHT);
    expect(chooseWeight([[query(0.9, 1)]], 1).weight).toBe(SAFE_WEIGHT);
  });

  it('comes with the way to score words that is best', () => {
    const ways = (own: QueryScores, other: QueryScores): QueryScores[][] =>
      [own, other].map((one) => repeated(200, one));
    const better = ways(query(0.9, 0.01), query(0.9, 1));
    expect(chooseWeight(better, 1)).toMatchObject({ scoring: 1, weight: 1, best: [0.5, 1] });
    const worse = ways(query(0.9, 1), query(0.9, -1));
    expect(chooseWeight(worse, 1)).toMatchObject({ scoring: 0, weight: 1, best: [1, 0.5] });
  });

  it('is in units of the learned score', () => {
    expect(chooseWeight([repeated(200, query(9, 1))], 10).weight).toBe(1);
  });

  it('reports MRR@10 for every weight', () => {
    const { scores } = chooseWeight([[query(0.9, 1), query(-1, 0)]], 1);
    expect(scores.find(({ weight }) => weight === 0)).toEqual({ weight: 0, 'mrr@10': 0.75 });
    expect(scores.find(({ weight }) => weight === 1)).toEqual({ weight: 1, 'mrr@10': 1 });
  });

  it('ranks equal scores by position and leaves out an ignored document', () => {
    const tie = { learned: Float64Array.of(1, 1), lexical: Float64Array.of(0, 0), relevant: [1] };
    const mrr = (ignored: number | undefined): number =>
      chooseWeight([[{ ...tie, ignored }]], 1).scores[0]!['mrr@10'];
    expect(mrr(undefined)).toBe(0.5);
    expect(mrr(0)).toBe(1);
  });

  it('counts a relevant document beyond rank 10 as not found', () => {
    const learned = Float64Array.from({ length: 12 }, (_, i) => -i);
    const lexical = new Float64Array(12);
    const mrr = (position: number): number =>
      chooseWeight([[{ learned, lexical, relevant: [position], ignored: undefined }]], 1).scores[0]![
        'mrr@10'
      ];
    expect(mrr(9)).toBe(0.1);
    expect(mrr(10)).toBe(0);
  });
});
