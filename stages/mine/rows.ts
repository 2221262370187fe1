/** Converts mined triplets to the arrays of a `triplets` artifact, with scores if there is a scorer. */
import type { Triplets } from '../../src/formats/triplets.ts';
import type { Picked } from './pick.ts';
import type { Retriever } from './retrievers.ts';

/** A mined triplet. */
export interface Row {
  readonly query: number;
  readonly positive: number;
  readonly negatives: readonly Picked[];
}

export function toTriplets(
  rows: readonly Row[],
  perTriplet: number,
  sources: readonly string[],
  scorer: Retriever | undefined,
): Triplets {
  const negatives = new Uint32Array(rows.length * perTriplet);
  const source = new Uint8Array(rows.length * perTriplet);
  for (const [i, row] of rows.entries()) {
    for (const [j, negative] of row.negatives.entries()) {
      negatives[i * perTriplet + j] = negative.document;
      source[i * perTriplet + j] = negative.source;
    }
  }
  return {
    query: Uint32Array.from(rows, (row) => row.query),
    positive: Uint32Array.from(rows, (row) => row.positive),
    negatives,
    negativesPerTriplet: perTriplet,
    source,
    sources,
    ...(scorer && { scores: scoresOf(rows, perTriplet, scorer) }),
  };
}

function scoresOf(
  rows: readonly Row[],
  perTriplet: number,
  scorer: Retriever,
): NonNullable<Triplets['scores']> {
  const positive = new Float32Array(rows.length);
  const negatives = new Float32Array(rows.length * perTriplet);
  for (const [i, row] of rows.entries()) {
    const documents = Uint32Array.of(row.positive, ...row.negatives.map(({ document }) => document));
    const scores = scorer.scores(row.query, documents);
    positive[i] = scores[0]!;
    negatives.set(scores.subarray(1), i * perTriplet);
  }
  return { scorer: scorer.name, positive, negatives };
}
