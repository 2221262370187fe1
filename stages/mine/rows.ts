/** Collects mined triplets in the arrays of a `triplets` artifact, with scores if there is a scorer. */
import { numberList } from '../../src/base/number-list.ts';
import type { Triplets } from '../../src/formats/triplets.ts';
import type { Picked } from './pick.ts';
import type { Retriever } from './retrievers.ts';

export interface TripletRows {
  readonly length: number;
  /** Adds a triplet; it has as many negatives as all others. */
  push(query: number, positive: number, negatives: readonly Picked[], weak: boolean): void;
  toTriplets(sources: readonly string[]): Triplets;
}

/** The scorer is asked as the triplets come, since it may only move forward through the queries. */
export function tripletRows(perTriplet: number, scorer: Retriever | undefined): TripletRows {
  const lists = {
    query: numberList(Uint32Array),
    positive: numberList(Uint32Array),
    negatives: numberList(Uint32Array),
    source: numberList(Uint8Array),
    weak: numberList(Uint8Array),
    positiveScore: numberList(Float32Array),
    negativeScores: numberList(Float32Array),
  };
  return {
    get length() {
      return lists.query.length;
    },
    push: (query, positive, picked, weak) => {
      lists.query.push(query);
      lists.positive.push(positive);
      lists.weak.push(weak ? 1 : 0);
      for (const negative of picked) {
        lists.negatives.push(negative.document);
        lists.source.push(negative.source);
      }
      if (!scorer) return;
      const documents = Uint32Array.of(positive, ...picked.map(({ document }) => document));
      const [first, ...others] = scorer.scores(query, documents);
      lists.positiveScore.push(first!);
      for (const score of others) lists.negativeScores.push(score);
    },
    toTriplets: (sources) => {
      const weak = lists.weak.values();
      return {
        query: lists.query.values(),
        positive: lists.positive.values(),
        negatives: lists.negatives.values(),
        negativesPerTriplet: perTriplet,
        source: lists.source.values(),
        sources,
        ...(weak.includes(1) && { weak }),
        ...(scorer && {
          scores: {
            scorer: scorer.name,
            positive: lists.positiveScore.values(),
            negatives: lists.negativeScores.values(),
          },
        }),
      };
    },
  };
}
