// Times ours and PyTorch's in turns on the same batches; of each the fastest step and the median.
import { availableParallelism } from 'node:os';
import { openOurs } from './ours.mjs';
import { tokensOf } from './data.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 4);

/** Multiplications and additions of the matrix products, each token's own (nothing saved by words that repeat). */
function flopsOf({ cell, input, hidden, bidirectional }, tokens, passes) {
  const gates = cell === 'gru' ? 3 : 4;
  return tokens * (input + hidden) * gates * hidden * 2 * (bidirectional ? 2 : 1) * passes;
}

function statistics(seconds) {
  const sorted = [...seconds].sort((a, b) => a - b);
  return { best: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
}

/** what: 'train' or 'embed'. Gives one line for each engine, precision and thread count. */
export async function compare(sources, torch, { shape, batches, what }) {
  const all = availableParallelism();
  const counts = all > 1 ? [1, all] : [1];
  const runners = [];
  for (const precision of ['exact', 'fast'])
    for (const threads of counts) {
      const engine = await openOurs(sources, { shape, threads, precision });
      const run = (indices) =>
        indices.map((i) => {
          const start = performance.now();
          engine[what](batches[i]);
          return (performance.now() - start) / 1000;
        });
      runners.push({ name: `kernels, ${precision}`, threads, run, close: engine.dispose });
    }
  if (torch) {
    await torch.ask({ do: 'setup', shape, batches });
    for (const threads of counts) {
      const run = async (indices) => {
        await torch.ask({ do: 'threads', threads });
        return (await torch.ask({ do: what, batches: indices })).seconds;
      };
      runners.push({ name: `PyTorch ${torch.about.version}`, threads, run, close: () => undefined });
    }
  }
  const indices = batches.map((_, i) => i);
  const seconds = runners.map(() => []);
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, { run }] of runners.entries()) {
      const each = await run(indices);
      // The first round warms caches and compilers.
      if (round > 0) seconds[i].push(each);
    }
  for (const { close } of runners) close();
  const documents = batches.map((batch) => tokensOf(batch.documents));
  const tokens = batches.map((batch, i) => documents[i] + (what === 'train' ? tokensOf(batch.queries) : 0));
  const meanTokens = tokens.reduce((sum, x) => sum + x, 0) / tokens.length;
  const rows = batches[0].queries.length * (what === 'train' ? 1 : 2);
  return runners.map(({ name, threads }, i) => {
    // The fastest of the rounds for each batch, and over the batches their mean: batches differ in size.
    const perBatch = indices.map((b) => statistics(seconds[i].map((round) => round[b])));
    const mean = (pick) => perBatch.reduce((sum, x) => sum + pick(x), 0) / perBatch.length;
    const best = mean((x) => x.best);
    return {
      name,
      threads,
      perSecond: rows / best,
      medianPerSecond: rows / mean((x) => x.median),
      tokensPerSecond: meanTokens / best,
      gflops: flopsOf(shape, meanTokens, what === 'train' ? 3 : 1) / best / 1e9,
    };
  });
}

export function print(title, unit, lines) {
  const best = Math.max(0, ...lines.filter(({ name }) => name.startsWith('PyTorch')).map((x) => x.perSecond));
  console.log(`\n${title}`);
  const one = (name) => lines.find((line) => line.name === name && line.threads === 1);
  for (const line of lines) {
    const text = [
      `  ${line.name.padEnd(22)} ${line.threads} thread${line.threads > 1 ? 's' : ' '}`,
      `${line.perSecond.toFixed(0).padStart(6)} ${unit}/s (median ${line.medianPerSecond.toFixed(0)})`,
      `${(line.tokensPerSecond / 1000).toFixed(0).padStart(5)}k tokens/s`,
      `${line.gflops.toFixed(1).padStart(6)} GFLOPS`,
    ];
    if (best > 0) text.push(`${(line.perSecond / best).toFixed(2)} × PyTorch's best`);
    if (line.threads > 1) text.push(`${(line.perSecond / one(line.name).perSecond).toFixed(2)} × one thread`);
    console.log(text.join('  '));
  }
}
