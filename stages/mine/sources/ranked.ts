/**
 * Hard negatives from a ranked list: the top results of BM25 or an earlier model, within the range of ranks and the
 * limits on scores. The ranking itself is made by a retriever.
 */
import { PipelineError } from '../../../src/stage.ts';
import type { Guard, Rejections } from '../guard.ts';
import type { RankedParams } from '../parameters.ts';
import { ceiling, withinLimits } from '../limits.ts';
import type { Retriever } from '../retrievers.ts';
import { drawEvenly, drawFromTop, type Negative, type NegativeSource } from './source.ts';

/** A retriever's results for the query at ranks range_min + 1 … range_max, within the limits on scores. */
export function rankedSource(
  retriever: Retriever,
  params: RankedParams,
  rejections: Rejections,
): NegativeSource {
  checkRange(params);
  const draw = params.sampling_strategy === 'top' ? drawFromTop : drawEvenly;
  return {
    name: params.from,
    weight: params.weight,
    isHard: true,
    prepare: (query, guard) => {
      const pool = poolOf(retriever, query, params, guard, rejections);
      const positiveScore = (positive: number): number =>
        retriever.scores(query, Uint32Array.of(positive))[0]!;
      return {
        positiveScore,
        drawsFor: (positive, admits) => {
          const most = ceiling(positiveScore(positive), params);
          return draw(
            pool.filter(
              ({ document, score }) => admits(document) && withinLimits(score, params, most, rejections),
            ),
          );
        },
      };
    },
  };
}

function checkRange({ range_min, range_max }: RankedParams): void {
  if (range_min >= range_max)
    throw new PipelineError(
      'E_PARAMETER',
      `range_min (${range_min}) must be below range_max (${range_max})`,
      { hint: 'The ranks from range_min + 1 to range_max are mined.' },
    );
}

interface Found extends Negative {
  readonly rank: number;
  readonly score: number;
}

function poolOf(
  retriever: Retriever,
  query: number,
  params: RankedParams,
  guard: Guard,
  rejections: Rejections,
): Found[] {
  const { documents, scores } = retriever.search(query, params.range_max);
  const least = params.min_score ?? -Infinity;
  const pool: Found[] = [];
  for (let i = params.range_min; i < documents.length; i++) {
    const found = { document: documents[i]!, rank: i + 1, score: scores[i]! };
    if (!guard.admits(found.document)) continue;
    if (found.score < least) rejections.min_score += 1;
    else pool.push(found);
  }
  return pool;
}
