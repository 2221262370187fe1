// One training step, and one embedding pass, on the embedded engine's kernels.

/** Two towers, one table; cosine triplet loss, margin 0.2; AdamW for the weights, lazy AdamW for the table. */
export async function openOurs(sources, { shape, threads, precision }) {
  const { openKernels, weightShapes, raggedFrom, random } = sources;
  const kernels = await openKernels({ threads, precision });
  const source = random(1, 'weights');
  const table = kernels.table(30_000, shape.input);
  table.write(Float32Array.from({ length: 30_000 * shape.input }, () => source.normal() * 0.1));
  const size = ({ shape: dimensions }) => dimensions.reduce((product, x) => product * x, 1);
  const tower = () => ({
    recurrent: kernels.recurrent(shape),
    weights: weightShapes(shape).map((each) =>
      Float32Array.from({ length: size(each) }, () => (source.uniform() * 2 - 1) / Math.sqrt(shape.hidden)),
    ),
  });
  const towers = [tower(), tower()];
  const all = towers.flatMap(({ weights }) => weights).map((values) => ({ values, decays: true }));
  const adam = kernels.denseAdam(all.map(({ values }) => values.length));
  const options = { dropout: { input: 0, output: 0 }, seed: 1, tableTrainable: true };
  const inputs = new Map();
  const ragged = (texts) => {
    if (!inputs.has(texts)) inputs.set(texts, raggedFrom(texts));
    return inputs.get(texts);
  };
  let steps = 0;

  const train = ({ queries, documents }) => {
    steps++;
    const passes = [queries, documents].map((texts, i) =>
      towers[i].recurrent.forward(ragged(texts), table, towers[i].weights, { ...options, training: true }),
    );
    const { loss, gradients } = tripletLoss(
      passes.map((pass) => pass.output),
      queries.length,
    );
    adam.take(towers.flatMap(({ recurrent }, i) => recurrent.backward(passes[i].tape, gradients[i])));
    const betas = { beta1: 0.9, beta2: 0.999 };
    const step = { learningRate: 1e-3, ...betas, epsilon: 1e-8, weightDecay: 0, scale: 1, step: steps };
    adam.step(all, step);
    table.step(step);
    return loss;
  };

  const embed = ({ documents }) =>
    towers[1].recurrent.forward(ragged(documents), table, towers[1].weights, { ...options, training: false })
      .output;

  return { train, embed, program: kernels.program, dispose: () => kernels.dispose() };
}

/** Outputs [n, D] and [2n, D] → the mean loss and its gradients. */
function tripletLoss([q, d], n) {
  const D = q.length / n;
  const gradients = [new Float32Array(q.length), new Float32Array(d.length)];
  let loss = 0;
  const cosine = (i, j) => {
    let dot = 0;
    let a = 0;
    let b = 0;
    for (let k = 0; k < D; k++) {
      const x = q[i * D + k];
      const y = d[j * D + k];
      dot += x * y;
      a += x * x;
      b += y * y;
    }
    return { c: dot / Math.sqrt(a * b), a, b, scale: 1 / Math.sqrt(a * b) };
  };
  for (let i = 0; i < n; i++) {
    const pair = [cosine(i, i), cosine(i, n + i)];
    const value = 0.2 - pair[0].c + pair[1].c;
    if (value <= 0) continue;
    loss += value / n;
    for (const [side, { c, a, b, scale }] of pair.entries()) {
      const g = (side === 0 ? -1 : 1) / n;
      const j = (i + side * n) * D;
      for (let k = 0; k < D; k++) {
        const x = q[i * D + k];
        const y = d[j + k];
        gradients[0][i * D + k] += g * (y * scale - (c * x) / a);
        gradients[1][j + k] += g * (x * scale - (c * y) / b);
      }
    }
  }
  return { loss, gradients };
}
