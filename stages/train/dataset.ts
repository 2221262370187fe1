/** The training data: triplets and truncated texts, checked against the tokens. Batches are made in batch.ts. */
import type { Ragged } from '../../src/formats/ragged.ts';
import { raggedFrom, row, rowCount } from '../../src/formats/ragged.ts';
import { modelIds, relevantDocuments, type Tokens } from '../../src/formats/tokens.ts';
import type { Triplets } from '../../src/formats/triplets.ts';
import { textClassesOf } from '../../src/retrieval/text-classes.ts';
import { PipelineError } from '../../src/stage.ts';

export interface Dataset {
  readonly triplets: Triplets;
  /** Truncated, with the ids that the model knows. */
  readonly queries: Ragged;
  readonly documents: Ragged;
  /** [documents]: equal numbers for equal texts. */
  readonly textClasses: Uint32Array;
  /** query_id → text classes of its relevant documents. */
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

/** Only for the training queries: judgements of other queries must not influence the model. */
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
    throw new PipelineError(
      'E_INPUT',
      'the triplets refer to queries or documents that are not in the tokens',
      {
        hint: 'Use tokens and triplets from the same chain of stages.',
      },
    );
}

/** A model must not be trained on the queries that it is evaluated on. */
function checkSplits(triplets: Triplets, tokens: Tokens, forbidden: readonly string[]): void {
  const { splits } = tokens.config;
  for (const query of triplets.query) {
    const split = splits[tokens.querySplit[query]!]!;
    if (!forbidden.includes(split)) continue;
    throw new PipelineError('E_INPUT', `the triplets contain queries of the split '${split}'`, {
      hint: 'Mine the training split: a model must not be trained on queries that it is evaluated on.',
    });
  }
}
