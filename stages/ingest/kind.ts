import { defineStage } from '../../src/stage.ts';
import { parameters, type IngestParams } from './parameters.ts';

export const stage = defineStage<IngestParams>({
  description:
    'Reads documents, queries, judgements and candidate lists into DuckDB, numbered in the order of the data; ' +
    'documents with the same text become one.',
  parameters,
  inputs: {
    files: {
      type: 'files',
      description: 'A folder made by an earlier stage; paths are then relative to it.',
      optional: true,
      rootsPaths: true,
    },
  },
  output: 'corpus',
  libraries: ['@duckdb/node-api'],
  run: async (context) => {
    const { run } = await import('./run.ts');
    return await run(context);
  },
});
