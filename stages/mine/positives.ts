/** The positives of the chosen queries: judged ones, and weak ones by the retriever that the parameters name. */
import type { Tokens } from '../../src/formats/tokens.ts';
import { PipelineError, type StageContext } from '../../src/stage.ts';
import { openRetrievers } from './open-retrievers.ts';
import type { MineParams } from './parameters.ts';
import type { ChosenQueries } from './queries.ts';
import type { Searches } from './searches.ts';
import { weakPositives, type WeakPositives } from './weak-positives.ts';

/** All queries to mine, by query_id. */
export type ChosenPositives = WeakPositives;

export async function choosePositives(
  context: StageContext<MineParams>,
  tokens: Tokens,
  searches: Searches,
  ignored: ReadonlyMap<number, number>,
  { judged, unjudged }: ChosenQueries,
): Promise<ChosenPositives> {
  const { positives, queries: wanted } = context.params;
  const { from } = positives;
  const takesUnjudged = wanted === 'unjudged' || wanted === 'all';
  if (from === 'qrels' && wanted === 'unjudged')
    throw new PipelineError('E_PARAMETER', 'queries without a judgement have no positives in the qrels', {
      hint: 'Write `positives: { from: bm25 }` to take the top documents by BM25 as weak positives.',
    });
  if (from !== 'qrels' && !takesUnjudged)
    throw new PipelineError('E_PARAMETER', `\`queries: ${wanted}\` takes its positives from the qrels`, {
      hint: 'Weak positives are for queries without a judgement: write `queries: unjudged` or `queries: all`.',
    });
  if (from === 'qrels' || unjudged.length === 0) return { queries: judged, withoutResults: 0, uncertain: 0 };
  const retrievers = await openRetrievers(context, tokens, searches, ignored, {
    queries: unjudged,
    names: new Set([from]),
    depth: { bm25: positives.top + 1, model: positives.top + 1 },
  });
  const weak = weakPositives(unjudged, retrievers[from](), positives);
  const queries = [...judged, ...weak.queries].sort((a, b) => a.query - b.query);
  if (queries.length === 0) throw noneLeft(weak);
  return { ...weak, queries };
}

function noneLeft({ withoutResults, uncertain }: WeakPositives): PipelineError {
  return new PipelineError(
    'E_INPUT',
    `no query has a weak positive: ${withoutResults} without results, ${uncertain} uncertain`,
    { hint: 'Lower `positives.min_margin` or `positives.top`, or raise `positives.keep`.' },
  );
}
