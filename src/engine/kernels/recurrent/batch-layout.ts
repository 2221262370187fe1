/**
 * Texts of different lengths laid out for the recurrence: the longest rows first, cut into chunks of a few rows of
 * similar length, and within a chunk step after step, only the rows that still run. So there is no padding, and the
 * work is that of the real tokens. The cut depends on the lengths alone, never on the number of threads.
 */
import { rowCount, type Ragged } from '../../../formats/ragged.ts';

export interface Chunk {
  /** First of the chunk's tokens among all tokens. */
  readonly firstToken: number;
  readonly tokens: number;
  readonly rows: number;
  readonly steps: number;
  /** Where the chunk's step starts lie in `starts`, its rows in `rows`. */
  readonly startsAt: number;
  readonly rowsAt: number;
}

export interface Batch {
  /** Rows of the batch, empty ones too. */
  readonly rowCount: number;
  readonly tokens: number;
  readonly chunks: readonly Chunk[];
  /** [tokens] token ids. */
  readonly ids: Uint32Array;
  /** For each chunk [steps + 1]: the first token of each step, counted from the chunk's first. */
  readonly starts: Uint32Array;
  /** Place in the batch of each row that is not empty, in the order of the chunks. */
  readonly rows: Uint32Array;
}

/** The matrix products take five rows at once. */
const ROWS_STEP = 5;
const MOST_ROWS = 30;
/** Enough pieces for the threads of a common machine to share evenly, large enough for the matrix products. */
const PIECES = 20;
const LEAST_TOKENS = 64;

/** `leastRows`: in a chunk, except the last; more where the weights are large, as each step reads them all. */
export function layOut(ragged: Ragged, leastRows = ROWS_STEP): Batch {
  const count = rowCount(ragged);
  const length = (row: number): number => ragged.offsets[row + 1]! - ragged.offsets[row]!;
  const order = Uint32Array.from({ length: count }, (_, row) => row).filter((row) => length(row) > 0);
  order.sort((a, b) => length(b) - length(a) || a - b);
  const tokens = ragged.offsets[count]! - ragged.offsets[0]!;
  const ids = new Uint32Array(tokens);
  const chunks: Chunk[] = [];
  const starts: number[] = [];
  let firstToken = 0;
  const target = Math.max(LEAST_TOKENS, tokens / PIECES);
  for (const { from, to } of pieces(order, length, target, leastRows)) {
    const steps = length(order[from]!);
    const startsAt = starts.length;
    let place = 0;
    let running = to - from;
    for (let t = 0; t < steps; t++) {
      starts.push(place);
      while (length(order[from + running - 1]!) <= t) running--;
      for (let i = 0; i < running; i++)
        ids[firstToken + place + i] = ragged.values[ragged.offsets[order[from + i]!]! + t]!;
      place += running;
    }
    starts.push(place);
    chunks.push({ firstToken, tokens: place, rows: to - from, steps, startsAt, rowsAt: from });
    firstToken += place;
  }
  return { rowCount: count, tokens, chunks, ids, starts: Uint32Array.from(starts), rows: order };
}

/** Ranges of the sorted rows, in multiples of five rows, that hold about `target` tokens each. */
function* pieces(
  order: Uint32Array,
  length: (row: number) => number,
  target: number,
  leastRows: number,
): Generator<{ from: number; to: number }, void> {
  let from = 0;
  while (from < order.length) {
    let to = from;
    let tokens = 0;
    while (to < order.length && to - from < MOST_ROWS && (tokens < target || to - from < leastRows)) {
      const next = Math.min(order.length, to + ROWS_STEP);
      for (; to < next; to++) tokens += length(order[to]!);
    }
    yield { from, to };
    from = to;
  }
}

/**
 * Before each token its row's previous one in this direction, 2³² − 1 where there is none: [tokens], counted over the
 * whole batch.
 */
export function previousTokens({ tokens, chunks, starts }: Batch, reverse: boolean): Uint32Array {
  const previous = new Uint32Array(tokens).fill(0xffffffff);
  for (const { firstToken, steps, startsAt } of chunks)
    for (let t = 1; t < steps; t++) {
      const before = firstToken + starts[startsAt + t - 1]!;
      const at = firstToken + starts[startsAt + t]!;
      const running = starts[startsAt + t + 1]! - starts[startsAt + t]!;
      for (let i = 0; i < running; i++)
        if (reverse) previous[before + i] = at + i;
        else previous[at + i] = before + i;
    }
  return previous;
}
