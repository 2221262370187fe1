import { rowCount } from '../../../src/formats/ragged.ts';
import type { Tokens } from '../../../src/formats/tokens.ts';
import { createBm25, type Bm25 } from '../../../src/retrieval/bm25.ts';
import { PipelineError } from '../../../src/stage.ts';
import type { MineParams, NegativeParams } from '../kind.ts';
import { bm25Source } from './bm25.ts';
import { candidatesSource } from './candidates.ts';
import { randomSource } from './random.ts';
import type { NegativeSource } from './source.ts';

/** The sources of a mixture in its order; a kind named again is told apart by a number. */
export function createSources(tokens: Tokens, params: MineParams): NegativeSource[] {
  let bm25: Bm25 | undefined;
  const sharedBm25 = (): Bm25 =>
    (bm25 ??= createBm25(tokens.documents, tokens.vocabulary.tokens.length, params.bm25));
  const seen = new Map<string, number>();
  return params.negatives.map((negative) => {
    const source = createSource(tokens, negative, sharedBm25);
    const count = (seen.get(source.name) ?? 0) + 1;
    seen.set(source.name, count);
    return count === 1 ? source : { ...source, name: `${source.name} ${count}` };
  });
}

function createSource(tokens: Tokens, negative: NegativeParams, bm25: () => Bm25): NegativeSource {
  switch (negative.from) {
    case 'random':
      return randomSource(rowCount(tokens.documents), negative.weight);
    case 'candidates':
      return candidatesSource(tokens.candidates, negative.weight);
    case 'bm25':
      if (negative.range_min >= negative.range_max)
        throw new PipelineError(
          'E_PARAMETER',
          `range_min (${negative.range_min}) must be below range_max (${negative.range_max})`,
          { hint: 'The ranks from range_min + 1 to range_max are mined.' },
        );
      return bm25Source(bm25(), tokens.queries, negative);
  }
}
