import { describe, expect, it } from 'vitest';
import { findCompiler } from '../../src/engine/kernels/native/compiler.ts';
import { instructionSets } from '../../src/engine/kernels/native/instruction-sets.ts';
import { offersRevectorisation } from '../../src/engine/kernels/revectorisation.ts';
import { bm25IsTheSame, exactSearchIsTheSame, searchKernels } from './kernels.ts';

// Everything that this machine has.
const programs = [
  'wasm',
  ...((await offersRevectorisation()) ? ['wasm-revectorised'] : []),
  ...(findCompiler() ? instructionSets() : []),
];

describe.each(programs)('the search kernels as %s', (program) => {
  it.each([1, 2, 3])(
    'give the bits of a search without them on %i threads',
    { timeout: 120_000 },
    async (threads) => {
      const kernels = await searchKernels(program, threads);
      expect(kernels.program).toBe(program);
      exactSearchIsTheSame(kernels, 120);
      bm25IsTheSame(kernels, 120);
      kernels.dispose();
    },
  );
});
