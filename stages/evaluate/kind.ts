/**
 * Declares the evaluate kind: the retrieval quality of embeddings, next to baselines on the same queries. Cheap to
 * import; the work is in run.ts.
 */
import { defineStage } from '../../src/stage.ts';
import { METRIC_NAMES } from './metric-names.ts';
import { parameters, type EvaluateParams } from './parameters.ts';

export const stage = defineStage<EvaluateParams>({
  description:
    'Measures the retrieval quality of the embeddings, over the whole corpus and within the candidates, next to BM25, ' +
    'fusion with BM25, mean word vectors and random ranking, with confidence intervals and significance tests. ' +
    'Writes a report, the measures of each query, and TREC run files and qrels.',
  parameters,
  inputs: {
    corpus: { type: 'corpus', description: 'Names and texts of queries and documents.' },
    tokens: { type: 'tokens', description: 'Tokens for BM25; relevance judgements, candidates and splits.' },
    embeddings: { type: 'embeddings', description: 'The embeddings to evaluate.' },
    index: {
      type: 'index',
      description:
        'ANN index over these embeddings, to measure the recall and latency of approximate search.',
      optional: true,
    },
    vectors: {
      type: 'vectors',
      description: 'Word vectors for the baseline `mean`, the mean over a text.',
      optional: true,
    },
    against: {
      type: 'report',
      description: 'Reports on the same queries, whose models this one is tested against.',
      optional: true,
      many: true,
    },
    runs: {
      type: 'files',
      description: 'Folder of TREC run files for `rivals`, made by another stage.',
      optional: true,
      rootsPaths: true,
    },
    seeds: {
      type: 'report',
      description:
        'Reports of the same model with other seeds, for the mean and standard deviation over seeds.',
      optional: true,
      many: true,
    },
  },
  output: 'report',
  metrics: METRIC_NAMES,
  async run(context) {
    const { run } = await import('./run.ts');
    return run(context);
  },
});
