/** The training data: triplets and truncated texts, checked against the tokens. Batches are made in batch.ts. */
import type { Ragged } from '../../src/formats/ragged.ts';
import { rowCount } from '../../src/formats/ragged.ts';
import { modelTexts, type Tokens } from '../../src/formats/tokens.ts';
import type { Triplets } from '../../src/formats/triplets.ts';
import { textClassesOf } from '../../src/retrieval/text-classes.ts';
import { PipelineError } from '../../src/stage.ts';

export interface Dataset {
  /** In the order of the input; batches are drawn from one at a time. */
  readonly sets: readonly Triplets[];
  /** By set: what the teacher's margins are multiplied by. */
  readonly teacherScales: readonly number[];
  /** Truncated, with the ids that the model knows. */
  readonly queries: Ragged;
  readonly documents: Ragged;
  /** [documents]: equal numbers for equal texts. */
  readonly textClasses: Uint32Array;
  /** Row = query_id: text classes of the relevant documents of a training query. */
  readonly answers: Ragged;
}

export interface DatasetOptions extends Pick<Dataset, 'teacherScales'> {
  /** Splits that must not be trained on. */
  readonly forbidden: readonly string[];
}

export function openDataset(
  tokens: Tokens,
  sets: readonly Triplets[],
  { forbidden, teacherScales }: DatasetOptions,
): Dataset {
  for (const triplets of sets) {
    if (triplets.query.length === 0) throw new PipelineError('E_INPUT', 'there are no triplets to train on');
    checkRange(triplets, tokens);
    checkSplits(triplets, tokens, forbidden);
  }
  const { max_query_length, max_document_length } = tokens.config;
  const documents = modelTexts(tokens.documents, tokens.config, max_document_length);
  const textClasses = textClassesOf(documents);
  return {
    sets,
    teacherScales,
    queries: modelTexts(tokens.queries, tokens.config, max_query_length),
    documents,
    textClasses,
    answers: answersOf(tokens, sets, textClasses),
  };
}

/**
 * Only for the training queries: judgements of other queries must not influence the model. Row = query_id; a class may
 * occur more than once.
 */
function answersOf({ qrels, queries }: Tokens, sets: readonly Triplets[], classes: Uint32Array): Ragged {
  const count = rowCount(queries);
  const trained = new Uint8Array(count);
  for (const { query } of sets) for (const id of query) trained[id] = 1;
  const isAnswer = (i: number): boolean => qrels.relevance[i]! > 0 && trained[qrels.query[i]!] === 1;
  // A triplet that repeats the positive of the one before adds nothing.
  const isNew = ({ query, positive }: Triplets, i: number): boolean =>
    i === 0 || query[i] !== query[i - 1] || positive[i] !== positive[i - 1];
  const offsets = new Uint32Array(count + 1);
  const each = (take: (query: number, document: number) => void): void => {
    for (let i = 0; i < qrels.query.length; i++) if (isAnswer(i)) take(qrels.query[i]!, qrels.document[i]!);
    for (const set of sets)
      for (let i = 0; i < set.query.length; i++) if (isNew(set, i)) take(set.query[i]!, set.positive[i]!);
  };
  each((id) => {
    offsets[id + 1]! += 1;
  });
  for (let id = 0; id < count; id++) offsets[id + 1]! += offsets[id]!;
  const values = new Uint32Array(offsets[count]!);
  const next = offsets.slice();
  each((id, document) => {
    values[next[id]!++] = classes[document]!;
  });
  return { values, offsets };
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
