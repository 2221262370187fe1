import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openKernels } from '../../../src/engine/kernels/kernels.ts';
import type { Precision } from '../../../src/engine/kernels/precision.ts';
import type { RecurrentShape } from '../../../src/engine/kernels/recurrent/shape.ts';
import { floats, hashSteps, texts } from './fixtures.ts';
import { towerStep, type TowerCase } from './towers/fixtures.ts';

const VOCABULARY = 101;
const LENGTHS = Array.from({ length: 60 }, (_, i) => (i * i * 7) % 41);
const SHAPES: readonly RecurrentShape[] = [
  { cell: 'gru', input: 20, hidden: 18, layers: 2, bidirectional: true, pooling: 'attention' },
  { cell: 'lstm', input: 9, hidden: 13, layers: 1, bidirectional: true, pooling: 'max' },
  { cell: 'none', input: 10, hidden: 0, layers: 0, bidirectional: false, pooling: 'mean' },
];

const TOWER: Omit<TowerCase, 'similarity'> = {
  cell: 'gru',
  input: 21,
  hidden: 10,
  skip: true,
  projection: 35,
  temperature: 0.1,
  queries: Array.from({ length: 70 }, (_, i) => i % 4),
  documents: Array.from({ length: 130 }, (_, i) => i % 5),
  extremes: [],
};

/** Everything that two steps leave: outputs, gradients, the table and its moments. */
async function digest(threads: number, precision: Precision): Promise<string> {
  const kernels = await openKernels({ threads, precision });
  const hash = createHash('sha256');
  for (const shape of SHAPES) {
    hashSteps(hash, {
      kernels,
      shape,
      vocabulary: VOCABULARY,
      count: 2,
      texts: () => texts(LENGTHS, VOCABULARY),
      dropout: () => ({ input: 0.2, output: 0.1 }),
      scale: 1,
    });
  }
  const a = floats(70 * 30, 'a');
  const b = floats(30 * 50, 'b');
  hash.update(kernels.matMul(a, b, { batch: 1, m: 70, k: 30, n: 50, transposeA: false, transposeB: false }));
  hash.update(kernels.exp(floats(50_000, 'x', 10)));
  for (const similarity of ['cosine', 'euclidean'] as const)
    for (const each of towerStep(kernels, { ...TOWER, similarity })) hash.update(each);
  kernels.dispose();
  return hash.digest('hex');
}

describe.each(['exact', 'fast'] as const)('with precision %s', (precision) => {
  const one = digest(1, precision);

  it.each([2, 3, 4, 8])('%i threads give the bytes of one', async (threads) => {
    expect(await digest(threads, precision)).toBe(await one);
  });
});
