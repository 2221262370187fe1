/** What the parameter `fusion` asks for: nothing, a fixed fusion, or a choice among some. Chosen in choose.ts. */
import type { Fusion } from '../../../src/formats/fusion.ts';
import { FUSION_GRID } from '../../../src/retrieval/fusion-choice.ts';
import { PipelineError } from '../../../src/stage.ts';
import type { EvaluateParams } from '../parameters.ts';

export type FusionRequest =
  | { readonly kind: 'none' }
  | { readonly kind: 'fixed'; readonly fusion: Fusion }
  | {
      readonly kind: 'choice';
      readonly grid: readonly Fusion[];
      readonly split: string;
      readonly maxQueries: number;
      /** Whether ways to score words other than the spec's are tried. */
      readonly tunesBm25: boolean;
    };

const K = 60;
const SPLIT = 'validation';
const MAX_QUERIES = 2000;

/** Throws `E_PARAMETER` for a `k` without rank fusion. */
export function fusionRequest({
  baselines,
  fusion,
}: Pick<EvaluateParams, 'baselines' | 'fusion'>): FusionRequest {
  if (fusion === 'none' || fusion === false || !baselines.includes('bm25')) return { kind: 'none' };
  const options = fusion === 'auto' ? {} : fusion;
  if (options.enabled === false) return { kind: 'none' };
  const { method, weight, k, split = SPLIT, max_queries: maxQueries = MAX_QUERIES } = options;
  const { tune_bm25: tunesBm25 = true } = options;
  const ranks = method === 'rrf' || (method === undefined && (weight !== undefined || k !== undefined));
  if (k !== undefined && !ranks)
    throw new PipelineError('E_PARAMETER', '`fusion.k` is a parameter of reciprocal rank fusion', {
      hint: 'Write `method: rrf` next to it, or leave `k` out.',
    });
  if (method === undefined && ranks)
    return { kind: 'fixed', fusion: { method: 'rrf', weight: weight ?? 0.5, k: k ?? K } };
  if (method === 'convex' && weight !== undefined) return { kind: 'fixed', fusion: { method, weight } };
  if (method === 'rrf' && weight !== undefined)
    return { kind: 'fixed', fusion: { method, weight, k: k ?? K } };
  return { kind: 'choice', grid: gridOf(method ?? 'auto', weight, k), split, maxQueries, tunesBm25 };
}

function gridOf(method: 'auto' | Fusion['method'], weight?: number, k?: number): Fusion[] {
  const fixed = FUSION_GRID.filter((fusion) => method === 'auto' || fusion.method === method).map(
    (fusion) => ({
      ...fusion,
      ...(weight !== undefined && { weight }),
      ...(fusion.method === 'rrf' && k !== undefined && { k }),
    }),
  );
  return [...new Map(fixed.map((fusion) => [JSON.stringify(fusion), fusion])).values()];
}
