import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/history/columns/column.ts';
import { columnKey, makeSegment, readSegment } from '../../../src/history/columns/segment.ts';

const column = (values: readonly Value[]): Value[] => {
  const name = { kind: 'metric', name: 'a b' } as const;
  const made = makeSegment(values.length, [{ ...name, values }]);
  const read = readSegment(made.name, Uint8Array.from(made.bytes))!.column(columnKey(name));
  return values.map((_, row) => read(row));
};

describe('a segment', () => {
  it.each([
    ['one value for all', ['x', 'x', 'x']],
    ['null for all', [null, null]],
    ['a value that some lack', [1, undefined, 1]],
    ['values of every kind', [1, '1', true, null, undefined, 'عربي 👋', -2.5e-300]],
    ['many numbers', Array.from({ length: 700 }, (_, i) => (i % 7 === 0 ? undefined : i / 3))],
    ['many numbers and null', Array.from({ length: 700 }, (_, i) => (i % 7 === 0 ? null : i / 3))],
    ['many texts', Array.from({ length: 70_000 }, (_, i) => `t${i}`)],
  ] as [string, Value[]][])('gives back %s', (_, values) => {
    expect(column(values)).toEqual(values);
  });

  it('is none under another name', () => {
    const { name, bytes } = makeSegment(1, []);
    const other = name.replace(/^./, (first) => (first === '0' ? '1' : '0'));
    expect(readSegment(other, bytes)).toBeUndefined();
    expect(readSegment(name, bytes)).toMatchObject({ rows: 1 });
  });
});
