/**
 * Runs a word2vec stage: loads, trains or draws the vectors, and writes them with their nearest neighbours. The
 * metrics say how many words they cover.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTokens, type Tokens } from '../../src/formats/tokens.ts';
import { writeVectors, type WordVectors } from '../../src/formats/vectors.ts';
import { input, type Metrics, type StageContext, type StageResult } from '../../src/stage.ts';
import type { Word2vecParams } from './parameters.ts';
import { coverage, randomVectors } from './made-up.ts';
import { nearestNeighbours } from './neighbours.ts';
import { loadVectors } from './pretrained/load-vectors.ts';
import { trainVectors } from './train.ts';
import { coverageWarning } from './warnings.ts';

interface Made {
  readonly vectors: WordVectors;
  readonly metrics: Metrics;
  /** Goes at the end of the headline. */
  readonly note?: string;
}

export async function run(context: StageContext<Word2vecParams>): Promise<StageResult> {
  const tokens = readTokens(input(context, 'tokens').path);
  const { vectors, metrics, note = '' } = await make(context, tokens);
  writeVectors(context.output, vectors);
  const { dimensions } = vectors;
  if (context.params.source === 'random')
    return { metrics: { dimensions, ...metrics }, headline: `${dimensions} dimensions · random` };
  const neighbours = nearestNeighbours(tokens, vectors);
  writeFileSync(join(context.output, 'neighbours.json'), `${JSON.stringify(neighbours, null, 2)}\n`);
  const covered = coverage(vectors.known, tokens.vocabulary.counts);
  const warning = coverageWarning(context.params.source, covered.tokens);
  if (warning) context.warn(warning);
  return {
    metrics: { dimensions, coverage_types: covered.types, coverage_tokens: covered.tokens, ...metrics },
    headline: `${dimensions} dimensions · coverage ${(covered.tokens * 100).toFixed(1)} %${note}`,
  };
}

async function make(context: StageContext<Word2vecParams>, tokens: Tokens): Promise<Made> {
  const { params } = context;
  switch (params.source) {
    case 'random':
      return { vectors: randomVectors(tokens.config.model_vocabulary, params), metrics: {} };
    case 'pretrained': {
      const { vectors, ...found } = await loadVectors(context, tokens, params);
      return {
        vectors,
        metrics: {
          rows_read: found.rowsRead,
          folded: found.folded,
          rejected: found.rejected,
          estimated: found.estimated,
          estimate_cosine: found.estimateCosine,
        },
        note: found.rejected > 0 ? ` · ${found.rejected.toLocaleString('en-US')} bad rows left out` : '',
      };
    }
    case 'train': {
      const started = performance.now();
      const { vectors, losses, words } = await trainVectors(context, tokens, params);
      const seconds = (performance.now() - started) / 1000;
      const byEpoch = losses.map((loss, index) => [`loss.epoch_${index + 1}`, loss]);
      return {
        vectors,
        metrics: {
          loss: losses.at(-1)!,
          ...(Object.fromEntries(byEpoch) as Metrics),
          words_per_second: Math.round(words / seconds),
        },
      };
    }
  }
}
