/** A corpus of documents without queries: something to make queries from, and to search later. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StageWarning } from '../../src/stage.ts';
import type { IngestParams } from './parameters.ts';

/** Whether the spec asks for it: queries that are named must be there. */
export function isDocumentsAlone(params: IngestParams): boolean {
  switch (params.format) {
    case 'beir':
      return params.folder === undefined ? params.queries === undefined : !hasQueries(params.folder);
    case 'sql':
      return params.queries === undefined;
    case 'msmarco':
    case 'squad':
      return false;
    case 'tsv':
    case 'csv':
    case 'parquet':
    case 'jsonl':
      return params.documents !== undefined && params.queries === undefined;
  }
}

/** Of a BEIR folder. */
export function hasQueries(folder: string): boolean {
  return ['queries.jsonl', 'queries.jsonl.gz', 'qrels'].some((name) => existsSync(join(folder, name)));
}

export const documentsAloneWarning: StageWarning = {
  message: 'the corpus has documents alone: nothing can be trained or evaluated from it as it is',
  cause: 'The spec names no queries and no relevance judgements.',
  hint: 'A `synthesize` stage makes training queries from the documents; give it this corpus as its input.',
};
