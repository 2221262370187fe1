import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { raggedFrom } from '../../../src/formats/ragged.ts';
import { idList } from '../../../stages/tokenize/id-list.ts';
import { compareCodePoints, wordCounter } from '../../../stages/tokenize/vocabulary.ts';

describe('an id list', () => {
  it('returns its rows, also across the boundaries of its blocks', () => {
    const rows = [[1, 2], [], Array.from({ length: (1 << 20) + 5 }, (_, i) => i % 1000), [7]];
    const list = idList(rows.length);
    for (const row of rows) list.push(row);
    const [{ values, offsets }, expected] = [list.take(), raggedFrom(rows)];
    expect(offsets).toEqual(expected.offsets);
    // toEqual takes seconds for a million numbers.
    expect(Buffer.from(values.buffer).equals(Buffer.from(expected.values.buffer))).toBe(true);
  });

  it('renumbers every id', () => {
    const list = idList(2);
    list.push([0, 2]);
    list.push([1]);
    expect(list.take(Uint32Array.of(10, 11, 12))).toEqual(raggedFrom([[10, 12], [11]]));
  });
});

describe('code point order', () => {
  it('is the order of the UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 2000 },
    );
    expect(compareCodePoints('\uffff', '\u{10000}')).toBeLessThan(0);
  });
});

describe('a vocabulary', () => {
  it('does not depend on the order of the texts', () => {
    const texts = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', '𠮷', '￦')));
    fc.assert(
      fc.property(texts, (lists) => {
        const [forth, back] = [wordCounter(), wordCounter()];
        for (const list of lists) forth.count(list);
        for (const list of lists.toReversed()) back.count(list);
        expect(back.finish().vocabulary).toEqual(forth.finish().vocabulary);
      }),
    );
  });
});
