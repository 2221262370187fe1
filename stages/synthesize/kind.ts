import { defineStage } from '../../src/stage.ts';
import { parameters, type SynthesizeParams } from './parameters.ts';

export const stage = defineStage<SynthesizeParams>({
  description:
    'Makes training queries from the documents themselves (titles, sentences, spans, key terms) and adds them to the ' +
    'split `train`, each with its document as the relevant one. They are marked as synthetic; everything else in the ' +
    'corpus stays as it is.',
  parameters,
  inputs: {
    corpus: { type: 'corpus', description: 'Corpus whose documents the queries are made from.' },
  },
  output: 'corpus',
  metrics: [
    'documents',
    'queries',
    'qrels',
    'candidates',
    'queries_*',
    'synthetic',
    'without_query',
    'method/*',
    'rejected/*',
  ],
  libraries: ['@duckdb/node-api'],
  run: async (context) => (await import('./run.ts')).run(context),
});
