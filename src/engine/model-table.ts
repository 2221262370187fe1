/** The token embeddings of a model while it trains: parameters, and the rows that the recurrent layers read. */
import { row, rowCount, type Ragged } from '../formats/ragged.ts';
import { UNKNOWN } from '../formats/tokens.ts';
import type { EmbeddingTable } from './kernels/embedding-table.ts';
import { createPlainTable, type PlainTable } from './recurrent/plain-table.ts';

/** What is optimised and saved: see EmbeddingTable. */
export type TableParameters = Pick<
  EmbeddingTable,
  | 'rows'
  | 'dimensions'
  | 'read'
  | 'write'
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
 * e(w) = own row of w + mean of its n-grams' rows. `table` has a row for every token id; the parameters are one row for
 * each word with one of its own, then one for each bucket.
 */
export function subwordTable(table: EmbeddingTable, subwords: Subwords): ModelTable {
  const parameters = createPlainTable(subwords.words + subwords.bucketCount, table.dimensions);
  /** Moves what the layers left at tokens on to words and n-grams. */
  const collect = (): void => {
    const { ids, values } = table.gradientRows();
    table.clearGradient();
    ids.forEach((id, i) => {
      spread(parameters, subwords, id, values.subarray(i * table.dimensions, (i + 1) * table.dimensions));
    });
  };
  return {
    parameters: {
      ...parameters,
      gradientSquares: () => {
        collect();
        return parameters.gradientSquares();
      },
      step: (options) => {
        collect();
        parameters.step(options);
      },
      dispose: () => {
        parameters.dispose();
        table.dispose();
      },
    },
    forTexts: (texts) => {
      const end = texts.offsets[rowCount(texts)]!;
      const ids = Uint32Array.from(new Set(texts.values.subarray(texts.offsets[0], end)));
      table.writeRows(ids, effectiveRows(ids, parameters.view(), table.dimensions, subwords));
      return table;
    },
  };
}

function spread(parameters: PlainTable, subwords: Subwords, id: number, gradient: Float32Array): void {
  parameters.gather(Uint32Array.of(ownRow(id, subwords)), gradient);
  const buckets = row(subwords.buckets, id);
  if (buckets.length === 0) return;
  const part = gradient.map((value) => value / buckets.length);
  for (const bucket of buckets) parameters.gather(Uint32Array.of(subwords.words + bucket), part);
}

function ownRow(id: number, { words }: Subwords): number {
  return id < words ? id : UNKNOWN;
}

/** e(w) for these ids: [ids, dimensions]. parameters: [words + buckets, dimensions] */
export function effectiveRows(
  ids: Uint32Array,
  parameters: Float32Array,
  dimensions: number,
  subwords: Subwords,
): Float32Array {
  const rows = new Float32Array(ids.length * dimensions);
  ids.forEach((id, i) => {
    const buckets = row(subwords.buckets, id);
    const own = ownRow(id, subwords) * dimensions;
    for (let d = 0; d < dimensions; d++) {
      let sum = 0;
      for (const bucket of buckets) sum += parameters[(subwords.words + bucket) * dimensions + d]!;
      const mean = buckets.length === 0 ? 0 : sum / buckets.length;
      rows[i * dimensions + d] = parameters[own + d]! + mean;
    }
  });
  return rows;
}
