/**
 * One column of the history as bytes: one value for all rows, numbers, or codes of the distinct values. Values are what a
 * record has: numbers, texts, truth values, null, and undefined where a run has none of that name.
 */
import type { Scalar } from '../values.ts';

export type Value = Scalar | undefined;

/** How a column is written; `at` is where its bytes begin, after the head of the segment. */
export type Encoding =
  | { readonly type: 'all'; readonly value: Scalar }
  /** Doubles; NaN, which no record can have, where there is none. */
  | { readonly type: 'numbers'; readonly at: number }
  /** Code 0 stands for none, code n for the nth of the distinct values, which are JSON after the codes. */
  | { readonly type: 'codes'; readonly at: number; readonly width: 1 | 2 | 4; readonly size: number };

export interface Encoded {
  readonly encoding: Encoding;
  readonly bytes: readonly Uint8Array[];
  /** Whether every row has a value. */
  readonly isWhole: boolean;
  /** Whether every value is a number or null. */
  readonly isNumeric: boolean;
}

/** A column of more different numbers than this is written as numbers. */
const MOST_CODED_NUMBERS = 256;

export function encodeColumn(values: readonly Value[], at: number): Encoded {
  const codes = new Map<Value, number>();
  for (const value of values) if (value !== undefined && !codes.has(value)) codes.set(value, codes.size + 1);
  const distinct = [...codes.keys()] as Scalar[];
  const facts = {
    isWhole: !values.includes(undefined),
    isNumeric: distinct.every((value) => value === null || typeof value === 'number'),
  };
  const [first] = distinct;
  if (first !== undefined && distinct.length === 1 && facts.isWhole)
    return { encoding: { type: 'all', value: first }, bytes: [], ...facts };
  if (distinct.length > MOST_CODED_NUMBERS && facts.isNumeric && !codes.has(null)) {
    const numbers = Float64Array.from(values, (value) => (value === undefined ? NaN : (value as number)));
    return { encoding: { type: 'numbers', at }, bytes: [bytesOf(numbers)], ...facts };
  }
  const width = distinct.length < 0xff ? 1 : distinct.length < 0xffff ? 2 : 4;
  const coded = ARRAYS[width].from(values.map((value) => codes.get(value) ?? 0));
  const names = new TextEncoder().encode(JSON.stringify(distinct));
  return {
    encoding: { type: 'codes', at, width, size: names.length },
    bytes: [bytesOf(coded), names],
    ...facts,
  };
}

/** The value of each row. `body`: the bytes of the segment after its head. */
export function decodeColumn(encoding: Encoding, body: Uint8Array, rows: number): (row: number) => Value {
  switch (encoding.type) {
    case 'all':
      return () => encoding.value;
    case 'numbers': {
      const numbers = new Float64Array(aligned(body, encoding.at, rows * 8));
      return (row) => {
        const value = numbers[row];
        return Number.isNaN(value) ? undefined : value;
      };
    }
    case 'codes': {
      const { at, width, size } = encoding;
      const codes = new ARRAYS[width](aligned(body, at, rows * width));
      const start = at + rows * width;
      const distinct = JSON.parse(new TextDecoder().decode(body.subarray(start, start + size))) as Scalar[];
      return (row) => distinct[codes[row]! - 1];
    }
  }
}

const ARRAYS = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array } as const;

const bytesOf = ({
  buffer,
  byteOffset,
  byteLength,
}: Float64Array | Uint8Array | Uint16Array | Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A copy, because numbers in memory begin at multiples of their size. */
const aligned = (body: Uint8Array, at: number, length: number): ArrayBuffer =>
  new Uint8Array(body.subarray(at, at + length)).buffer;
