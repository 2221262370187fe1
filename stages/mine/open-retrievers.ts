/** Opens the retrievers that the parameters ask for: BM25, the earlier model, and the fusion of both. */
import type { Tokens } from '../../src/formats/tokens.ts';
import { readFusion, type FusionConfig } from '../../src/formats/fusion.ts';
import type { Bm25Parameters } from '../../src/formats/word-scoring.ts';
import { optionalInput, PipelineError, type StageContext } from '../../src/stage.ts';
import { modelRetriever } from './earlier-model.ts';
import { FUSED_DEPTH, fusedRetriever } from './fused.ts';
import type { MineParams } from './parameters.ts';
import { bm25Retriever, withoutIgnored, type Retriever } from './retrievers.ts';
import type { Searches } from './searches.ts';

type Context = StageContext<MineParams>;
export type RetrieverName = Retriever['name'];
export type Retrievers = Readonly<Record<RetrieverName, () => Retriever>>;

/** What a pass over queries needs. */
export interface Wanted {
  /** The queries, in the order in which they will be asked. */
  readonly queries: readonly number[];
  readonly names: ReadonlySet<RetrieverName>;
  /** The largest rank that each is asked for. */
  readonly depth: Readonly<Record<'bm25' | 'model', number>>;
}

/** `ignored`: query_id → the document that the query itself is, which takes no rank. */
export async function openRetrievers(
  context: Context,
  tokens: Tokens,
  searches: Searches,
  ignored: ReadonlyMap<number, number>,
  { queries, names, depth }: Wanted,
): Promise<Retrievers> {
  // Both lists that are fused; one more than is used, for the document that is left out.
  const deepest = (own: number): number =>
    Math.max(own, names.has('fusion') ? FUSED_DEPTH : 0) + (ignored.size > 0 ? 1 : 0);
  const found =
    names.has('model') || names.has('fusion')
      ? modelRetriever(await searches.model(), { queries, k: deepest(depth.model) })
      : undefined;
  const model = (): Retriever => withoutIgnored(found!, ignored);
  const byWords = (scoring: Bm25Parameters): Retriever => {
    const pass = { queries, k: deepest(depth.bm25) };
    return withoutIgnored(
      bm25Retriever(tokens, () => searches.bm25(scoring), pass),
      ignored,
    );
  };
  const { params } = context;
  const bm25 = byWords(params.bm25);
  let fused: Retriever | undefined;
  const fusion = (): Retriever => {
    if (fused) return fused;
    const recorded = recordedFusion(context);
    fused = recorded
      ? fusedRetriever(model(), byWords(recorded.bm25), recorded.fusion.weight)
      : fusedRetriever(model(), bm25, params.fusion.weight);
    return fused;
  };
  return { bm25: () => bm25, model, fusion };
}

/** That of the report, if there is one. */
function recordedFusion(context: Context): FusionConfig | undefined {
  const report = optionalInput(context, 'report');
  if (!report) return undefined;
  const recorded = readFusion(report.path);
  if (!recorded)
    throw new PipelineError('E_INPUT', 'the report has no fusion of the model with BM25', {
      hint: 'Write `fusion: auto` in the evaluate stage, with `bm25` among its baselines.',
    });
  return recorded;
}
