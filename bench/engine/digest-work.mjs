// Prints the SHA-256 of fixed training steps: outputs, gradients, table and moments, for every cell type.
import { createHash } from 'node:crypto';
import { random } from '../../src/base/random.ts';
import { raggedFrom } from '../../src/formats/ragged.ts';
import { openKernels } from '../../src/engine/kernels/kernels.ts';
import { hashSteps } from '../../test/engine/kernels/fixtures.ts';

const VOCABULARY = 211;
const SHAPES = [
  { cell: 'gru', input: 20, hidden: 18, layers: 2, bidirectional: true, pooling: 'attention' },
  { cell: 'lstm', input: 24, hidden: 32, layers: 1, bidirectional: true, pooling: 'max' },
  { cell: 'gru', input: 32, hidden: 32, layers: 1, bidirectional: false, pooling: 'last' },
  { cell: 'none', input: 10, hidden: 0, layers: 0, bidirectional: false, pooling: 'mean' },
];

function texts(step) {
  const source = random(step, 'texts');
  const rows = Array.from({ length: 40 }, (_, i) =>
    Array.from({ length: (i * i * 7) % 31 }, () => source.integer(VOCABULARY)),
  );
  return raggedFrom(rows);
}

async function digest(precision, threads) {
  const kernels = await openKernels({ threads, precision });
  const hash = createHash('sha256');
  for (const shape of SHAPES) {
    hashSteps(hash, {
      kernels,
      shape,
      vocabulary: VOCABULARY,
      count: 3,
      texts,
      dropout: (step) => ({ input: step === 2 ? 0.2 : 0, output: 0.1 }),
      scale: 0.5,
    });
  }
  const { fused } = kernels;
  kernels.dispose();
  return `${hash.digest('hex')}${precision === 'fast' ? (fused ? ' (fused)' : ' (not fused)') : ''}`;
}

for (const precision of ['exact', 'fast'])
  for (const threads of [1, 2, 4])
    console.log(
      `${process.arch} ${process.version} ${precision} ${threads}: ${await digest(precision, threads)}`,
    );
