/** Batches: collects what the model and the loss need of some triplets. Which ones is decided in batch-order.ts. */
import { raggedFrom, row, type Ragged } from '../../src/formats/ragged.ts';
import type { Triplets } from '../../src/formats/triplets.ts';
import type { Draw } from './batch-order.ts';
import type { Dataset } from './dataset.ts';

/** B triplets, U distinct documents in order of first appearance, K negatives per triplet. */
export interface Batch {
  readonly size: number;
  readonly queries: Ragged;
  readonly documents: Ragged;
  /** [B] and [B · K]: columns, that is positions in `documents`. */
  readonly positive: Int32Array;
  readonly negatives: Int32Array;
  /** [B, U]: 0 if the document, or one with the same text, is known to be relevant to the query; else 1. */
  readonly allowed: Float32Array;
  readonly columns: number;
  /** [B · K]: the teacher's score of the positive minus that of the negative, scaled, if the triplets have scores. */
  readonly teacherMargins: Float32Array | undefined;
}

export function makeBatch(dataset: Dataset, { set, rows }: Draw): Batch {
  const triplets = dataset.sets[set]!;
  const k = triplets.negativesPerTriplet;
  const columns = new Map<number, number>();
  const column = (document: number): number => {
    const known = columns.get(document);
    if (known !== undefined) return known;
    columns.set(document, columns.size);
    return columns.size - 1;
  };
  const positive = Int32Array.from(rows, (i) => column(triplets.positive[i]!));
  const negatives = new Int32Array(rows.length * k);
  rows.forEach((i, r) => {
    for (let j = 0; j < k; j++) negatives[r * k + j] = column(triplets.negatives[i * k + j]!);
  });
  const documents = [...columns.keys()];
  return {
    size: rows.length,
    queries: raggedFrom(Array.from(rows, (i) => row(dataset.queries, triplets.query[i]!))),
    documents: raggedFrom(documents.map((document) => row(dataset.documents, document))),
    positive,
    negatives,
    allowed: allowedDocuments(dataset, triplets, rows, documents),
    columns: documents.length,
    teacherMargins: teacherMargins(triplets, rows, dataset.teacherScales[set]!),
  };
}

function teacherMargins(
  { scores, negativesPerTriplet: k }: Triplets,
  rows: Uint32Array,
  scale: number,
): Float32Array | undefined {
  if (!scores) return undefined;
  const margins = new Float32Array(rows.length * k);
  rows.forEach((i, r) => {
    for (let j = 0; j < k; j++)
      margins[r * k + j] = scale * (scores.positive[i]! - scores.negatives[i * k + j]!);
  });
  return margins;
}

function allowedDocuments(
  { textClasses, answers }: Dataset,
  triplets: Triplets,
  rows: Uint32Array,
  documents: readonly number[],
): Float32Array {
  const columnsOf = new Map<number, number[]>();
  documents.forEach((document, column) => {
    const same = columnsOf.get(textClasses[document]!);
    if (same) same.push(column);
    else columnsOf.set(textClasses[document]!, [column]);
  });
  const allowed = new Float32Array(rows.length * documents.length).fill(1);
  rows.forEach((i, r) => {
    for (const answer of row(answers, triplets.query[i]!))
      for (const column of columnsOf.get(answer) ?? []) allowed[r * documents.length + column] = 0;
  });
  return allowed;
}
