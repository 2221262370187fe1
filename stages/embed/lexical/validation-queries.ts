/** The queries and documents that the weight of the lexical part is chosen on. */
import { random, shuffle } from '../../../src/base/random.ts';
import { rowCount } from '../../../src/formats/ragged.ts';
import {
  ignoredDocuments,
  queriesOfSplit,
  relevantDocuments,
  type Tokens,
} from '../../../src/formats/tokens.ts';
import type { LexicalParams } from '../parameters.ts';

export interface ValidationQueries {
  /** query_ids, ascending. */
  readonly queries: Uint32Array;
  /** doc_ids to rank, ascending: those relevant to a query, and a random sample of others. */
  readonly documents: Uint32Array;
  /** For each query, the positions in `documents` of the relevant ones. */
  readonly relevant: readonly (readonly number[])[];
  /** For each query, the position of the document that the query itself is; undefined if none is to be left out. */
  readonly ignored: readonly (number | undefined)[];
}

/** Undefined if no query of the split has a relevant document. */
export function validationQueries(
  tokens: Tokens,
  { seed, validation }: Pick<LexicalParams, 'seed' | 'validation'>,
): ValidationQueries | undefined {
  const ofSplit = queriesOfSplit(tokens, validation.split);
  const relevant = relevantDocuments(tokens, ofSplit);
  const judged = ofSplit.filter((query) => relevant.has(query));
  if (judged.length === 0) return undefined;
  const queries = shuffle(judged, random(seed, 'lexical queries')).slice(0, validation.max_queries).sort();
  const wanted = new Set(Array.from(queries, (query) => [...relevant.get(query)!.keys()]).flat());
  const all = Uint32Array.from({ length: rowCount(tokens.documents) }, (_, document) => document);
  for (const document of shuffle(all, random(seed, 'lexical documents'))) {
    if (wanted.size >= validation.max_documents) break;
    wanted.add(document);
  }
  const documents = Uint32Array.from(wanted).sort();
  const position = new Map(Array.from(documents, (document, i) => [document, i]));
  const own = ignoredDocuments(tokens, validation.ignore_identical_ids);
  return {
    queries,
    documents,
    relevant: Array.from(queries, (query) =>
      Array.from(relevant.get(query)!.keys(), (document) => position.get(document)!),
    ),
    ignored: Array.from(queries, (query) => {
      const document = own.get(query);
      // As in evaluation, a relevant document is never left out.
      return document === undefined || relevant.get(query)!.has(document)
        ? undefined
        : position.get(document);
    }),
  };
}
