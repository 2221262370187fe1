/** The token embeddings of a model while it trains: parameters, and the rows that the recurrent layers read. */
import { rowCount, type Ragged } from '../../formats/ragged.ts';
import { UNKNOWN } from '../../formats/tokens.ts';
import type { ComposedRows, Composition } from '../kernels/embedding/composed-rows.ts';
import type { EmbeddingTable } from '../kernels/embedding/embedding-table.ts';

/** What is optimised and saved: see EmbeddingTable. */
export type TableParameters = Pick<
  EmbeddingTable,
  | 'rows'
  | 'dimensions'
  | 'read'
  | 'write'
  | 'writeRows'
  | 'gradientSquares'
  | 'step'
  | 'readMoments'
  | 'writeMoments'
  | 'dispose'
>;

export interface ModelTable {
  readonly parameters: TableParameters;
  /** The table to read these texts from: its rows of their tokens are up to date. */
  forTexts(texts: Ragged): EmbeddingTable;
}

/** Each token has a row of its own, and nothing else. */
export function wordTable(table: EmbeddingTable): ModelTable {
  return { parameters: table, forTexts: () => table };
}

export interface Subwords {
  /** Row = token id: the buckets of its n-grams. */
  readonly buckets: Ragged;
  readonly bucketCount: number;
  /** Ids below this have a row of their own; the others share that of the unknown word. */
  readonly words: number;
}

/**
 * e(w) = own row of w + mean of its n-grams' rows. The parameters have a row for each word with a row of its own, then
 * one for each bucket.
 */
export function compositionOf({ buckets, words }: Subwords): Composition {
  return {
    own: Uint32Array.from({ length: rowCount(buckets) }, (_, id) => (id < words ? id : UNKNOWN)),
    parts: { offsets: buckets.offsets, values: buckets.values.map((bucket) => words + bucket) },
  };
}

/** `table` has a row for every token id, which `rows` composes of `parameters`. */
export function subwordTable(
  table: EmbeddingTable,
  parameters: EmbeddingTable,
  rows: ComposedRows,
): ModelTable {
  return {
    parameters: {
      ...parameters,
      gradientSquares: () => {
        rows.passOn();
        return parameters.gradientSquares();
      },
      step: (options) => {
        rows.passOn();
        parameters.step(options);
      },
      dispose: () => {
        rows.dispose();
        parameters.dispose();
        table.dispose();
      },
    },
    forTexts: ({ values, offsets }) => {
      rows.update(values.subarray(offsets[0], offsets.at(-1)));
      return table;
    },
  };
}
