/** Which queries of a split are mined. Weak positives for those without a judgement are chosen in weak-positives.ts. */
import { queriesOfSplit, relevantDocuments, type Tokens } from '../../src/formats/tokens.ts';
import { PipelineError } from '../../src/stage.ts';
import type { MineParams } from './parameters.ts';

export interface MinedQuery {
  readonly query: number;
  /** doc_id → relevance above 0. */
  readonly positives: ReadonlyMap<number, number>;
  /** The positives are not judged but found by a retriever. */
  readonly weak: boolean;
}

export interface ChosenQueries {
  readonly judged: readonly MinedQuery[];
  /** query_ids, ascending; empty unless they are asked for. */
  readonly unjudged: readonly number[];
  /** Synthetic queries of the split that are not asked for. */
  readonly syntheticLeftOut: number;
}

/** Throws `E_INPUT` if the split has no query of the kind that is asked for, unless an empty set will do. */
export function chooseQueries(
  tokens: Tokens,
  params: Pick<MineParams, 'split' | 'queries' | 'positives' | 'if_none'>,
): ChosenQueries {
  const { split, queries: wanted, positives } = params;
  const ofSplit = Array.from(queriesOfSplit(tokens, split));
  const relevant = relevantDocuments(tokens, ofSplit);
  const isSynthetic = (query: number): boolean => tokens.synthetic?.[query] === 1;
  const admitted = ofSplit.filter(
    (query) => wanted === 'all' || isSynthetic(query) === (wanted === 'synthetic'),
  );
  const judged =
    wanted === 'unjudged'
      ? []
      : admitted.flatMap((query): MinedQuery[] => {
          const documents = relevant.get(query);
          return documents ? [{ query, positives: documents, weak: false }] : [];
        });
  const takesUnjudged = wanted === 'unjudged' || (wanted === 'all' && positives.from !== 'qrels');
  const unjudged = takesUnjudged
    ? admitted.filter((query) => !relevant.has(query) && !isSynthetic(query))
    : [];
  if (judged.length + unjudged.length === 0 && params.if_none === 'fail')
    throw noQueries(tokens, split, wanted, ofSplit.length);
  const syntheticLeftOut =
    wanted === 'judged' || wanted === 'unjudged' ? ofSplit.length - admitted.length : 0;
  return { judged, unjudged, syntheticLeftOut };
}

function noQueries(
  { config, synthetic }: Tokens,
  split: string,
  wanted: MineParams['queries'],
  queries: number,
): PipelineError {
  const kinds = {
    judged: 'query with a relevant document',
    unjudged: 'query without a judgement',
    synthetic: 'synthetic query',
    all: 'query with a positive',
  };
  const problem = queries === 0 ? 'has no queries' : `has no ${kinds[wanted]}`;
  const splits =
    config.splits.length > 0
      ? `The corpus has the splits ${config.splits.join(', ')}.`
      : 'The corpus has no queries.';
  const others =
    wanted === 'judged' && (queries > 0 || config.splits.length === 0)
      ? synthetic
        ? ' Write `queries: synthetic` to mine the synthetic queries.'
        : ' A `synthesize` stage makes queries from the documents; `queries: unjudged` takes weak positives.'
      : '';
  return new PipelineError('E_INPUT', `the split '${split}' ${problem}`, { hint: `${splits}${others}` });
}
