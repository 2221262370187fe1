/**
 * A segment: some runs of the history as columns, in one file that is written once. Its name is the digest of its bytes,
 * so that a file that was cut off or changed is not taken for one. Columns are decoded when they are first read.
 */
import { endianness } from 'node:os';
import { digestOf } from '../../base/hash.ts';
import { decodeColumn, encodeColumn, type Encoding, type Value } from './column.ts';

/** `record`: size and time of the record's file. */
export type ColumnKind = 'record' | 'field' | 'sweep' | 'parameter' | 'metric';

export interface ColumnName {
  readonly kind: ColumnKind;
  readonly name: string;
}

export interface ColumnFacts extends ColumnName {
  readonly isWhole: boolean;
  readonly isNumeric: boolean;
  /** The value that all rows have; undefined where they differ or a row has none. */
  readonly all: Value;
}

export interface Segment {
  /** Name of its file. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** By `columnKey`. */
  readonly columns: ReadonlyMap<string, ColumnFacts>;
  /** The value of each row; undefined for all of a column that it does not have. */
  column(key: string): (row: number) => Value;
}

export const columnKey = ({ kind, name }: ColumnName): string => `${kind} ${name}`;

export interface NamedValues extends ColumnName {
  /** One a row. */
  readonly values: readonly Value[];
}

interface HeadColumn extends ColumnName {
  readonly isWhole: boolean;
  readonly isNumeric: boolean;
  readonly encoding: Encoding;
}

interface Head {
  readonly rows: number;
  readonly columns: readonly HeadColumn[];
}

/** Changed whenever older files must not be read, and different on machines with another byte order. */
const FORMAT = `runs 4 ${endianness()}\n`;
const SUFFIX = '.columns';
/** Where the length of the head is, and where the head begins. */
const [LENGTH_AT, HEAD_AT] = [12, 16];

export const isSegmentName = (name: string): boolean => /^[0-9a-f]{64}\.columns$/.test(name);

export function makeSegment(rows: number, columns: Iterable<NamedValues>): Segment {
  const heads: HeadColumn[] = [];
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { kind, name, values } of columns) {
    const { bytes, ...head } = encodeColumn(values, at);
    heads.push({ kind, name, ...head });
    for (const piece of bytes) {
      pieces.push(piece);
      at += piece.length;
    }
  }
  const head = Buffer.from(JSON.stringify({ rows, columns: heads } satisfies Head));
  const start = Buffer.alloc(HEAD_AT);
  start.write(FORMAT, 'latin1');
  start.writeUInt32LE(head.length, LENGTH_AT);
  const bytes = Buffer.concat([start, head, ...pieces]);
  return segmentOf(nameOf(bytes), bytes, { rows, columns: heads }, HEAD_AT + head.length);
}

/** Undefined for bytes that are not those of a segment of this name. */
export function readSegment(name: string, bytes: Uint8Array): Segment | undefined {
  if (nameOf(bytes) !== name) return undefined;
  const { buffer, byteOffset, byteLength } = bytes;
  const view = Buffer.from(buffer, byteOffset, byteLength);
  if (view.toString('latin1', 0, FORMAT.length) !== FORMAT) return undefined;
  const end = HEAD_AT + view.readUInt32LE(LENGTH_AT);
  return segmentOf(name, bytes, JSON.parse(view.toString('utf8', HEAD_AT, end)) as Head, end);
}

const none = (): undefined => undefined;

const nameOf = (bytes: Uint8Array): string => `${digestOf(bytes)}${SUFFIX}`;

function segmentOf(name: string, bytes: Uint8Array, { rows, columns }: Head, end: number): Segment {
  const body = bytes.subarray(end);
  const facts = new Map<string, ColumnFacts>();
  const encodings = new Map<string, Encoding>();
  for (const { encoding, ...column } of columns) {
    const all = encoding.type === 'all' ? encoding.value : undefined;
    facts.set(columnKey(column), { ...column, all });
    encodings.set(columnKey(column), encoding);
  }
  const decoded = new Map<string, (row: number) => Value>();
  return {
    name,
    bytes,
    rows,
    columns: facts,
    column(key) {
      const known = decoded.get(key);
      if (known) return known;
      const encoding = encodings.get(key);
      const column = encoding ? decodeColumn(encoding, body, rows) : none;
      decoded.set(key, column);
      return column;
    },
  };
}
