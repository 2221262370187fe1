import fc from 'fast-check';
import { expect, it } from 'vitest';
import { namePacker } from '../../src/formats/packed-names.ts';

it('gives every name back, whatever its characters and the batches it came in', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ unit: 'grapheme' }))), (batches) => {
      const names = batches.flat();
      const packer = namePacker(names.length);
      for (const batch of batches) packer.add(batch);
      const packed = packer.finish();
      expect(packed.length).toBe(names.length);
      expect(names.map((_, id) => packed.at(id))).toEqual(names);
      expect(packed.at(names.length)).toBeUndefined();
    }),
  );
});

it('another number of names than announced is an error', () => {
  const packer = namePacker(2);
  packer.add(['one']);
  expect(() => packer.finish()).toThrow('1 names were added, 2 were announced');
});
