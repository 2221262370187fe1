import { format } from 'prettier';
import { expect, it } from 'vitest';
import fc from 'fast-check';
import { markdownTable } from '../../../../src/cli/render/sweep/markdown.ts';
import type { Alignment } from '../../../../src/cli/render/text.ts';

it('a table is as prettier leaves it', async () => {
  const cell = fc.oneof(
    fc.constantFrom(
      '',
      '–',
      '+0.0123',
      '`a\\|b`',
      '0.950 (p = 0.0001)',
      '`[{from: random}]`',
      '± 0.01',
      '変更',
    ),
    fc.stringMatching(/^[a-z0-9]{1,12}$/),
  );
  const shape = fc.record({ columns: fc.integer({ min: 1, max: 5 }), rows: fc.integer({ min: 1, max: 5 }) });
  const made = shape.chain(({ columns, rows }) =>
    fc.record({
      rows: fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), {
        minLength: rows + 1,
        maxLength: rows + 1,
      }),
      alignment: fc.array(fc.constantFrom<Alignment>('left', 'right'), {
        minLength: columns,
        maxLength: columns,
      }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(made, async ({ rows, alignment }) => {
      const text = `${markdownTable(rows, alignment)}\n`;
      expect(await format(text, { parser: 'markdown', printWidth: 110 })).toBe(text);
    }),
    { numRuns: 60 },
  );
});
