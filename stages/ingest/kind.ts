import { defineStage } from '../../src/stage.ts';
import { parameters, type IngestParams } from './parameters.ts';

export const stage = defineStage<IngestParams>({
  description:
    'Reads documents, queries, relevance judgements and candidate lists into a DuckDB corpus, numbered in the order of ' +
    'the data. Documents with the same text are merged.',
  parameters,
  inputs: {
    files: {
      type: 'files',
      description: 'Folder written by an earlier stage.',
      optional: true,
      rootsPaths: true,
    },
  },
  output: 'corpus',
  metrics: [
    'documents',
    'queries',
    'qrels',
    'candidates',
    'queries_*',
    'unanswered',
    'duplicate_documents',
    'identical_ids',
    'leakage/*',
    'rejected',
    'seconds',
    'rows_per_s',
  ],
  libraries: ['@duckdb/node-api'],
  run: async (context) => {
    const { run } = await import('./run.ts');
    return await run(context);
  },
});
