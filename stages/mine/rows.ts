/** Collects mined triplets in the arrays of a `triplets` artifact, with scores if there is a scorer. */
import { numberList } from '../../src/base/number-list.ts';
import type { Triplets } from '../../src/formats/triplets.ts';
import type { Picked } from './pick.ts';
import type { Retriever } from './retrievers.ts';

export interface TripletRows {
  readonly length: number;
  /** Adds a triplet; it has as many negatives as all others. */
  push(query: number, positive: number, negatives: readonly Picked[]): void;
  toTriplets(sources: readonly string[], scorer: Retriever | undefined): Triplets;
}

export function tripletRows(perTriplet: number): TripletRows {
  const lists = {
    query: numberList(Uint32Array),
    positive: numberList(Uint32Array),
    negatives: numberList(Uint32Array),
    source: numberList(Uint8Array),
  };
  return {
    get length() {
      return lists.query.length;
    },
    push: (query, positive, picked) => {
      lists.query.push(query);
      lists.positive.push(positive);
      for (const negative of picked) {
        lists.negatives.push(negative.document);
        lists.source.push(negative.source);
      }
    },
    toTriplets: (sources, scorer) => {
      const ids = {
        query: lists.query.values(),
        positive: lists.positive.values(),
        negatives: lists.negatives.values(),
      };
      return {
        ...ids,
        negativesPerTriplet: perTriplet,
        source: lists.source.values(),
        sources,
        ...(scorer && { scores: scoresOf(ids, perTriplet, scorer) }),
      };
    },
  };
}

function scoresOf(
  { query, positive, negatives }: Pick<Triplets, 'query' | 'positive' | 'negatives'>,
  perTriplet: number,
  scorer: Retriever,
): NonNullable<Triplets['scores']> {
  const scores = { positive: new Float32Array(query.length), negatives: new Float32Array(negatives.length) };
  for (let i = 0; i < query.length; i++) {
    const own = negatives.subarray(i * perTriplet, (i + 1) * perTriplet);
    const found = scorer.scores(query[i]!, Uint32Array.of(positive[i]!, ...own));
    scores.positive[i] = found[0]!;
    scores.negatives.set(found.subarray(1), i * perTriplet);
  }
  return { scorer: scorer.name, ...scores };
}
