import { expect, it } from 'vitest';
import { requireMemory } from '../../src/base/memory.ts';

it('an allocation that the machine cannot give is refused with the parameters to lower', () => {
  const factors = { max_vocab: 1_000_000, dimensions: 4096 };
  expect(() => {
    requireMemory('the word vectors', factors, { available: 2 ** 33 });
  }).toThrow(
    expect.objectContaining({
      code: 'E_LIMIT',
      message:
        'the word vectors would take 15.3 GiB (max_vocab 1,000,000 × dimensions 4,096 × 4 bytes), but this machine has ' +
        '8.0 GiB of memory',
      hint: 'Lower max_vocab or dimensions.',
    }) as Error,
  );
  expect(() => {
    requireMemory('the word vectors', factors, { available: 2 ** 34 });
  }).not.toThrow();
});
