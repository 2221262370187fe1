/** The fusion of the model with BM25 that an evaluation recorded, and the same for one question. */
import { isObject } from '../base/json.ts';
import { reciprocalRankFusion } from '../retrieval/fusion.ts';
import type { Ranking } from '../retrieval/ranking.ts';
import type { SourceStage } from './sources/source.ts';

export interface Fusion {
  readonly method: 'reciprocal rank';
  readonly k: number;
  /** Weight of the model, 0 to 1; BM25 has the rest. */
  readonly weight: number;
  /** Documents of each list. */
  readonly depth: number;
}

/** Where no evaluation says otherwise: equal weights, and k as Cormack, Clarke and Büttcher (2009) chose it. */
export const DEFAULT_FUSION: Fusion = { method: 'reciprocal rank', k: 60, weight: 0.5, depth: 1000 };

/** What the evaluation used; undefined where it did not fuse. */
export function recordedFusion({ parameters }: SourceStage): Promise<Fusion | undefined> {
  const { fusion, depth } = parameters;
  if (!isObject(fusion) || fusion['enabled'] === false) return Promise.resolve(undefined);
  const { k, weight } = fusion;
  if (typeof k !== 'number' || typeof weight !== 'number') return Promise.resolve(undefined);
  return Promise.resolve({
    ...DEFAULT_FUSION,
    k,
    weight,
    ...(typeof depth === 'number' && { depth }),
  });
}

export function fuse(model: Ranking, bm25: Ranking, { k, weight, depth }: Fusion): Ranking {
  const lists = [
    { documents: model.documents, weight },
    { documents: bm25.documents, weight: 1 - weight },
  ];
  return reciprocalRankFusion(lists, k, depth);
}

/** `reciprocal rank fusion, model 0.9 and BM25 0.1` */
export function fusionText({ weight }: Fusion): string {
  const share = (part: number): string => String(Number(part.toFixed(3)));
  return `reciprocal rank fusion, model ${share(weight)} and BM25 ${share(1 - weight)}`;
}
