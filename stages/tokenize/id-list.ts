/** Collects the token ids of many texts, one text after the other. */
import type { Ragged } from '../../src/formats/ragged.ts';
import { PipelineError } from '../../src/stage.ts';

/** Rows of ids of unknown total length, in 4 MiB blocks so that growing copies nothing. */
export interface IdList {
  /** Adds one row. */
  push(row: ArrayLike<number>): void;
  /** Returns the rows with `map` applied to every id. Frees the list block by block, so that the ids are in memory once. */
  take(map?: Uint32Array): Ragged;
}

const BLOCK = 1 << 20;
/** Offsets have 32 bits. */
const MOST = 2 ** 32 - 1;

export function idList(rows: number): IdList {
  const offsets = new Uint32Array(rows + 1);
  const blocks: Uint32Array[] = [];
  let block = new Uint32Array(0);
  let used = 0;
  let total = 0;
  let row = 0;

  const push = (ids: ArrayLike<number>): void => {
    total += ids.length;
    if (total > MOST)
      throw new PipelineError('E_LIMIT', `the texts have more than ${MOST} tokens`, {
        hint: 'Split the documents into several corpora.',
      });
    offsets[++row] = total;
    for (let i = 0; i < ids.length; i++) {
      if (used === block.length) {
        block = new Uint32Array(BLOCK);
        blocks.push(block);
        used = 0;
      }
      block[used++] = ids[i]!;
    }
  };

  const take = (map?: Uint32Array): Ragged => {
    if (row !== rows) throw new Error(`${row} rows of ${rows}`);
    const values = new Uint32Array(total);
    for (let start = 0; start < total; start += BLOCK) {
      const part = blocks.shift()!.subarray(0, Math.min(BLOCK, total - start));
      if (map) for (let i = 0; i < part.length; i++) part[i] = map[part[i]!]!;
      values.set(part, start);
    }
    return { values, offsets };
  };

  return { push, take };
}
