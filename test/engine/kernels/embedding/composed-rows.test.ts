import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainComposedRows } from '../../../../src/engine/backends/plain-composed-rows.ts';
import { createPlainTable, type PlainTable } from '../../../../src/engine/backends/plain-table.ts';
import { openKernels, type Kernels } from '../../../../src/engine/kernels/kernels.ts';
import { compose, composedCases, kernelsAdd, plainAdd, type ComposedEngine } from './fixtures.ts';

let kernels: Kernels;
beforeAll(async () => {
  kernels = await openKernels({ threads: 2, precision: 'exact' });
});
afterAll(() => {
  kernels.dispose();
});

const plain: ComposedEngine = {
  table: createPlainTable,
  composedRows: (table, parameters, composition) =>
    plainComposedRows(table as PlainTable, parameters as PlainTable, composition),
  add: plainAdd,
};

describe('rows that are made of rows of another table', () => {
  it('have the bits that plain JavaScript gives, and pass their gradients on in the same parts', () => {
    fc.assert(
      fc.property(composedCases(fc.constantFrom(0, -0, 1e-40, -3e30)), (example) => {
        const [ours, theirs] = [
          compose(example, { ...kernels, add: kernelsAdd(kernels) }),
          compose(example, plain),
        ];
        expect(ours.rows).toEqual(theirs.rows);
        expect(ours.gradient).toEqual(theirs.gradient);
        expect(ours.squares / theirs.squares).toBeCloseTo(1, 12);
      }),
      { numRuns: 40 },
    );
  });

  it('are composed anew when their parts have changed, and not before', () => {
    const [table, parameters] = [kernels.table(2, 4), kernels.table(3, 4)];
    const parts = { offsets: Uint32Array.of(0, 2, 2), values: Uint32Array.of(1, 2) };
    const rows = kernels.composedRows(table, parameters, { own: Uint32Array.of(0, 0), parts });
    const write = (...values: number[]): void => {
      parameters.write(Float32Array.from({ length: 12 }, (_, i) => values[i >> 2]!));
    };
    write(1, 10, 20);
    rows.update(Uint32Array.of(0));
    expect([...table.read()]).toEqual([16, 16, 16, 16, 0, 0, 0, 0]);
    table.write(new Float32Array(8));
    rows.update(Uint32Array.of(0, 1));
    expect([...table.read()]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    write(2, 10, 20);
    rows.update(Uint32Array.of(0, 1, 0));
    expect([...table.read()]).toEqual([17, 17, 17, 17, 2, 2, 2, 2]);
  });

  it('are those of the table alone: another id is refused before any memory is written', () => {
    const [table, parameters] = [kernels.table(2, 4), kernels.table(3, 4)];
    const parts = { offsets: Uint32Array.of(0, 2, 2), values: Uint32Array.of(1, 2) };
    const rows = kernels.composedRows(table, parameters, { own: Uint32Array.of(0, 0), parts });
    parameters.write(new Float32Array(12).fill(1));
    expect(() => {
      rows.update(Uint32Array.of(1, 2));
    }).toThrow("token 2 is beyond the table's 2 rows");
    rows.update(Uint32Array.of(1));
    expect([...table.read()]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });
});
