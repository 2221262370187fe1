/** The token embeddings of a model while it trains: parameters, and the rows that the recurrent layers read. */
import { raggedFrom, row, rowCount, type Ragged } from '../../formats/ragged.ts';
import { UNKNOWN } from '../../formats/tokens.ts';
import type { EmbeddingTable, GradientRows } from '../kernels/embedding/embedding-table.ts';

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
 * e(w) = own row of w + mean of its n-grams' rows. `table` has a row for every token id; `parameters` has one for each
 * word with a row of its own, then one for each bucket.
 */
export function subwordTable(
  table: EmbeddingTable,
  parameters: EmbeddingTable,
  subwords: Subwords,
): ModelTable {
  /** Moves what the layers left at tokens on to words and n-grams. */
  const collect = (): void => {
    const { ids, values } = table.gradientRows();
    table.clearGradient();
    if (ids.length > 0) parameters.addRows(inParts(ids, values, subwords), partsOf(ids, subwords));
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
      table.writeRows(
        ids,
        effectiveRows(ids, (sums) => parameters.sumRows(sums), subwords),
      );
      return table;
    },
  };
}

/** Gradients of tokens as they are, for the words' own rows, and below them divided among their n-grams. */
function inParts(ids: Uint32Array, gradients: Float32Array, { buckets }: Subwords): Float32Array {
  const both = new Float32Array(2 * gradients.length);
  both.set(gradients);
  const dimensions = gradients.length / ids.length;
  ids.forEach((id, i) => {
    const ngrams = row(buckets, id).length;
    for (let at = i * dimensions; at < (i + 1) * dimensions; at++)
      both[gradients.length + at] = ngrams === 0 ? 0 : gradients[at]! / ngrams;
  });
  return both;
}

/** Which rows of `inParts` each row of the parameters takes, in the order of the tokens. */
function partsOf(ids: Uint32Array, subwords: Subwords): GradientRows {
  const taken = new Map<number, number[]>();
  const take = (parameter: number, part: number): void => {
    const parts = taken.get(parameter);
    if (parts) parts.push(part);
    else taken.set(parameter, [part]);
  };
  ids.forEach((id, i) => {
    take(ownRow(id, subwords), i);
    for (const bucket of row(subwords.buckets, id)) take(subwords.words + bucket, ids.length + i);
  });
  const { values, offsets } = raggedFrom([...taken.values()]);
  return { ids: Uint32Array.from(taken.keys()), order: values, starts: offsets };
}

function ownRow(id: number, { words }: Subwords): number {
  return id < words ? id : UNKNOWN;
}

/** e(w) for these ids: [ids, dimensions]. `sumRows` adds up rows of the parameters [words + buckets, dimensions]. */
export function effectiveRows(
  ids: Uint32Array,
  sumRows: EmbeddingTable['sumRows'],
  subwords: Subwords,
): Float32Array {
  const each = (rows: number[][]): Float32Array => {
    const { values, offsets } = raggedFrom(rows);
    return sumRows({ order: values, starts: offsets });
  };
  const ngrams = Array.from(ids, (id) => row(subwords.buckets, id));
  const own = each(Array.from(ids, (id) => [ownRow(id, subwords)]));
  const sums = each(ngrams.map((buckets) => Array.from(buckets, (bucket) => subwords.words + bucket)));
  const dimensions = own.length / ids.length;
  ngrams.forEach(({ length }, i) => {
    if (length === 0) return;
    for (let at = i * dimensions; at < (i + 1) * dimensions; at++) own[at]! += sums[at]! / length;
  });
  return own;
}
