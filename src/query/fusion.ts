/** How a question is answered by the model and BM25 together: as an evaluation measured it, or by default. */
import type { FusionConfig } from '../formats/fusion.ts';
import { bm25Properties } from '../retrieval/bm25-parameters.ts';
import { SAFE } from '../retrieval/fusion-choice.ts';

export interface QueryFusion extends Pick<FusionConfig, 'fusion' | 'depth' | 'bm25'> {
  /** Absent if no evaluation recorded it. */
  readonly chosen?: FusionConfig['chosen'];
}

/** If no evaluation says otherwise. */
export const UNTUNED: QueryFusion = {
  fusion: SAFE,
  depth: 1000,
  bm25: { k1: bm25Properties.k1.default, b: bm25Properties.b.default },
};

/** `convex fusion, model 0.6 and BM25 0.4, chosen on 1,411 queries of validation` */
export function fusionText({ fusion, chosen, bm25 }: QueryFusion): string {
  const share = (part: number): string => String(Number(part.toFixed(3)));
  const method =
    fusion.method === 'convex' ? 'convex fusion' : `reciprocal rank fusion with k = ${share(fusion.k)}`;
  const weights = `model ${share(fusion.weight)} and ${wordsText(bm25, share(1 - fusion.weight))}`;
  return `${method}, ${weights}, ${originText(chosen)}`;
}

function wordsText({ k1, idf_power: power }: QueryFusion['bm25'], weight: string): string {
  if (k1 > 0) return `BM25 ${weight}`;
  return `common words ${weight} (${power === 2 ? 'squared idf' : 'idf'})`;
}

function originText(chosen: QueryFusion['chosen']): string {
  switch (chosen?.by) {
    case 'validation':
      return `chosen on ${chosen.queries.toLocaleString('en-US')} queries of ${chosen.split}`;
    case 'spec':
      return 'as evaluated';
    case 'default':
    case undefined:
      return 'not tuned';
  }
}
