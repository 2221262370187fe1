/** Triplets and texts as training sees them. */
import type { Ragged } from '../../src/formats/ragged.ts';
import { raggedFrom, row, rowCount } from '../../src/formats/ragged.ts';
import { modelIds, relevantDocuments, type Tokens } from '../../src/formats/tokens.ts';
import type { Triplets } from '../../src/formats/triplets.ts';
import { textClassesOf } from '../../src/retrieval/text-classes.ts';
import { PipelineError } from '../../src/stage.ts';

export interface Dataset {
  readonly triplets: Triplets;
  /** What the model sees of each. */
  readonly queries: Ragged;
  readonly documents: Ragged;
  /** [documents]: equal numbers, equal texts. */
  readonly textClasses: Uint32Array;
  /** query_id → text classes of the documents that answer it. */
  readonly answers: ReadonlyMap<number, ReadonlySet<number>>;
}

export function openDataset(tokens: Tokens, triplets: Triplets, forbidden: readonly string[]): Dataset {
  if (triplets.query.length === 0) throw new PipelineError('E_INPUT', 'there are no triplets to train on');
  checkRange(triplets, tokens);
  checkSplits(triplets, tokens, forbidden);
  const { max_query_length, max_document_length } = tokens.config;
  const documents = seenBy(tokens, tokens.documents, max_document_length);
  const textClasses = textClassesOf(documents);
  return {
    triplets,
    queries: seenBy(tokens, tokens.queries, max_query_length),
    documents,
    textClasses,
    answers: answersOf(tokens, triplets, textClasses),
  };
}

export function seenBy(tokens: Tokens, texts: Ragged, maximum: number): Ragged {
  return raggedFrom(
    Array.from({ length: rowCount(texts) }, (_, i) => modelIds(row(texts, i), tokens.config, maximum)),
  );
}

/** Of the queries that are trained on alone: what is known of others must not reach the model. */
function answersOf(tokens: Tokens, triplets: Triplets, classes: Uint32Array): Map<number, Set<number>> {
  const relevant = relevantDocuments(tokens);
  const answers = new Map<number, Set<number>>();
  triplets.query.forEach((query, i) => {
    let known = answers.get(query);
    if (!known)
      answers.set(query, (known = new Set([...(relevant.get(query) ?? [])].map(([d]) => classes[d]!))));
    known.add(classes[triplets.positive[i]!]!);
  });
  return answers;
}

function checkRange({ query, positive, negatives }: Triplets, tokens: Tokens): void {
  const documents = rowCount(tokens.documents);
  const beyond = (ids: Uint32Array, count: number): boolean => ids.some((id) => id >= count);
  if (beyond(query, rowCount(tokens.queries)) || beyond(positive, documents) || beyond(negatives, documents))
    throw new PipelineError('E_INPUT', 'the triplets name queries or documents that the tokens do not have', {
      hint: 'tokens and triplets must come from the same chain of stages.',
    });
}

/** A model that has seen the queries it is judged by proves nothing. */
function checkSplits(triplets: Triplets, tokens: Tokens, forbidden: readonly string[]): void {
  const { splits } = tokens.config;
  for (const query of triplets.query) {
    const split = splits[tokens.querySplit[query]!]!;
    if (!forbidden.includes(split)) continue;
    throw new PipelineError('E_INPUT', `the triplets hold queries of the split '${split}'`, {
      hint: 'Mine from the training split; what a model is judged by must not be trained on.',
    });
  }
}
