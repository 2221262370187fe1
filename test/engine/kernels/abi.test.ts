import { expect, it } from 'vitest';
import {
  INSTRUCTION_SLOTS,
  recurrentOperations,
  skipGramOperations,
} from '../../../src/engine/kernels/abi.generated.ts';
import type { Instruction } from '../../../src/engine/kernels/threads/instructions.ts';

it("an instruction is its operation's number, then the fields in the order of the kernel's parameters", () => {
  const pack = { N: 8, K: 3, out: 128, lds: 32, src: 64 };
  const [number, ...fields] = recurrentOperations.pack(pack);
  expect(fields).toEqual([64, 32, 128, 3, 8]);
  expect(recurrentOperations.packTransposed(pack)).toEqual([number! + 1, ...fields]);
});

it('a float is there as its bits, a flag as 0 or 1, and what the thread knows is not there', () => {
  const records = { record: 1, keep: false, products: 2, places: 3 };
  const addresses = { y: 4, ldy: 5, u: 6, recurrentBias: 7, zeros: 8, starts: 9, steps: 10 };
  const [, ...gru] = recurrentOperations.gruForward({ ...records, ...addresses, reverse: true, H: 16 });
  expect(gru).toEqual([1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 16]);
  const [, ...dropout] = recurrentOperations.dropout({
    ...{ src: 1, lds: 2, dst: 3, ldd: 4, starts: 5, steps: 6, rows: 7, seed: 8, threshold: 9 },
    ...{ scale: 1.25, width: 10 },
  });
  expect(dropout).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 0x3fa00000, 10]);
});

it.each(Object.entries({ recurrentOperations, skipGramOperations }))(
  'every operation of %s has a number of its own and fits into an instruction',
  (_, operations) => {
    const anything = new Proxy({}, { get: () => 0 });
    const instructions = Object.values(operations).map((make: (fields: never) => Instruction) =>
      make(anything as never),
    );
    expect(new Set(instructions.map(([number]) => number)).size).toBe(instructions.length);
    for (const instruction of instructions) expect(instruction.length).toBeLessThanOrEqual(INSTRUCTION_SLOTS);
  },
);
