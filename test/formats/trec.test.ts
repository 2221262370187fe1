import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qrelsLine, runLines, trecName } from '../../src/formats/trec.ts';

describe('TREC files', () => {
  it('names lose their white space and nothing else', () => {
    expect(trecName('doc-1/ä:7')).toBe('doc-1/ä:7');
    expect(trecName('a b\tc%d\u00a0e')).toBe('a%20b%09c%25d%C2%A0e');
    expect(trecName('')).toBe('%');
  });

  it('an escaped name is one field and can be had back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        expect(trecName(name)).not.toMatch(/\s/u);
        expect(decodeURIComponent(trecName(name))).toBe(name);
      }),
    );
  });

  it('a list is numbered from 1, best first', () => {
    expect(runLines('q', ['a', 'b'], [2.5, -1], 'model')).toBe('q Q0 a 1 2.5 model\nq Q0 b 2 -1 model\n');
    expect(qrelsLine('q', 'a', 2)).toBe('q 0 a 2\n');
  });

  it('readers that sort by single-precision scores see our order, ties and all', () => {
    const value = fc.oneof(fc.double({ min: -2, max: 2, noNaN: true }), fc.integer({ min: -1, max: 1 }));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 50 }), (values) => {
        const sorted = values.map((x) => x + 0).sort((a, b) => b - a);
        const lines = runLines('q', sorted.map(String), sorted, 't').split('\n').slice(0, -1);
        const read = lines.map((line) => Math.fround(Number(line.split(' ')[4])));
        for (let i = 1; i < read.length; i++) expect(read[i]).toBeLessThan(read[i - 1]!);
        for (const [i, score] of read.entries()) expect(score).toBeCloseTo(sorted[i]!, 4);
      }),
    );
  });
});
