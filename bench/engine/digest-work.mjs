// Prints the SHA-256 of fixed training steps: outputs, gradients, table and moments, of every cell.
import { createHash } from 'node:crypto';
import { random } from '../../src/base/random.ts';
import { raggedFrom } from '../../src/formats/ragged.ts';
import { openKernels } from '../../src/engine/kernels/kernels.ts';
import { weightShapes } from '../../src/engine/kernels/recurrent.ts';

const VOCABULARY = 211;
const SHAPES = [
  { cell: 'gru', input: 20, hidden: 18, layers: 2, bidirectional: true, pooling: 'attention' },
  { cell: 'lstm', input: 24, hidden: 32, layers: 1, bidirectional: true, pooling: 'max' },
  { cell: 'gru', input: 32, hidden: 32, layers: 1, bidirectional: false, pooling: 'last' },
  { cell: 'none', input: 10, hidden: 0, layers: 0, bidirectional: false, pooling: 'mean' },
];

const floats = (length, purpose) => {
  const source = random(7, purpose);
  return Float32Array.from({ length }, () => source.normal() * 0.5);
};

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
    const table = kernels.table(VOCABULARY, shape.input);
    table.write(floats(VOCABULARY * shape.input, 'table'));
    const recurrent = kernels.recurrent(shape);
    const weights = weightShapes(shape).map(({ name, shape: size }) =>
      floats(
        size.reduce((product, x) => product * x, 1),
        name,
      ),
    );
    for (let step = 1; step <= 3; step++) {
      const options = {
        training: true,
        dropout: { input: step === 2 ? 0.2 : 0, output: 0.1 },
        seed: step,
        tableTrainable: true,
      };
      const { output, tape } = recurrent.forward(texts(step), table, weights, options);
      hash.update(output);
      for (const each of recurrent.backward(tape, floats(output.length, 'gradient'))) hash.update(each);
      hash.update(String(table.gradientSquares()));
      table.step({
        learningRate: 0.01,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weightDecay: 0.01,
        scale: 0.5,
        step,
      });
    }
    hash.update(table.read()).update(table.readMoments().v);
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
