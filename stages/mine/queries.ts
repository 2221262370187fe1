import { queriesOfSplit, relevantDocuments, type Tokens } from '../../src/formats/tokens.ts';
import { PipelineError } from '../../src/stage.ts';

export interface MinedQuery {
  readonly query: number;
  /** doc_id → relevance above 0. */
  readonly positives: ReadonlyMap<number, number>;
}

/** Queries of the split that have a relevant document. Throws `E_INPUT` if there are none. */
export function queriesToMine(tokens: Tokens, split: string): MinedQuery[] {
  const relevant = relevantDocuments(tokens);
  const queries = Array.from(queriesOfSplit(tokens, split));
  const mined = queries.flatMap((query) => {
    const positives = relevant.get(query);
    return positives ? [{ query, positives }] : [];
  });
  if (mined.length > 0) return mined;
  const problem = queries.length === 0 ? 'has no queries' : 'has no query with a relevant document';
  throw new PipelineError('E_INPUT', `the split '${split}' ${problem}`, {
    hint:
      (tokens.config.splits.length > 0
        ? `The corpus has the splits ${tokens.config.splits.join(', ')}. `
        : '') + 'A `synthesize` stage makes training queries from the documents alone.',
  });
}
