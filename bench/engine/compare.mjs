// Times our kernels and PyTorch alternately on the same batches; reports the fastest step and the median of each.
import { availableParallelism } from 'node:os';
import { openOurs } from './ours.mjs';
import { tokensOf } from './data.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 4);

/** Multiplications and additions of the matrix products, counted per token (without savings from repeated words). */
function flopsOf({ cell, input, hidden, bidirectional }, tokens, passes) {
  const gates = cell === 'gru' ? 3 : 4;
  return tokens * (input + hidden) * gates * hidden * 2 * (bidirectional ? 2 : 1) * passes;
}

function statistics(seconds) {
  const sorted = [...seconds].sort((a, b) => a - b);
  return { best: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
}

/** Wall and processor seconds of each batch. */
function timed(work, batches) {
  return batches.map((batch) => {
    const start = performance.now();
    const used = process.cpuUsage();
    work(batch);
    const { user, system } = process.cpuUsage(used);
    return [(performance.now() - start) / 1000, (user + system) / 1e6];
  });
}

async function ourRunners(sources, counts, { shape, batches, what }) {
  const runners = [];
  for (const precision of ['exact', 'fast'])
    for (const threads of counts) {
      const engine = await openOurs(sources, { shape, threads, precision });
      const run = () => timed(engine[what], batches);
      runners.push({
        name: `kernels, ${precision}`,
        program: engine.program,
        threads,
        run,
        close: engine.dispose,
      });
    }
  return runners;
}

function torchRunners(torch, counts, { shape, batches, what }) {
  const sameLength = batches.every(({ documents }) =>
    documents.every((text) => text.length === documents[0].length),
  );
  const ways = sameLength || shape.bidirectional ? [false] : [false, true];
  const indices = batches.map((_, i) => i);
  return ways.flatMap((padded) =>
    counts.map((threads) => ({
      name: `PyTorch${sameLength ? '' : padded ? ', padded' : ', packed'}`,
      threads,
      run: async () => {
        await torch.ask({ do: 'setup', shape, batches, padded });
        await torch.ask({ do: 'threads', threads });
        return (await torch.ask({ do: what, batches: [0, ...indices] })).times.slice(1);
      },
      close: () => undefined,
    })),
  );
}

/** what: 'train' or 'embed'. Returns one line for each engine, precision and thread count. */
export async function compare(sources, torch, work) {
  const { shape, batches, what } = work;
  const all = availableParallelism();
  const counts = all > 1 ? [1, all] : [1];
  const runners = await ourRunners(sources, counts, work);
  if (torch) runners.push(...torchRunners(torch, counts, work));
  const times = runners.map(() => []);
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, { run }] of runners.entries()) {
      const each = await run();
      // The first round warms caches and compilers.
      if (round > 0) times[i].push(each);
    }
  for (const { close } of runners) close();
  const tokens = batches.map((b) => tokensOf(b.documents) + (what === 'train' ? tokensOf(b.queries) : 0));
  const meanTokens = tokens.reduce((sum, x) => sum + x, 0) / tokens.length;
  const rows = batches[0].queries.length * (what === 'train' ? 1 : 2);
  const flops = flopsOf(shape, meanTokens, what === 'train' ? 3 : 1);
  return runners.map(({ name, program, threads }, i) => {
    // Batches differ in size: the fastest round of each batch, then the mean over the batches.
    const mean = (kind, pick) =>
      batches.reduce((sum, _, b) => sum + statistics(times[i].map((round) => round[b][kind]))[pick], 0) /
      batches.length;
    const best = mean(0, 'best');
    return {
      name,
      program,
      threads,
      perSecond: rows / best,
      medianPerSecond: rows / mean(0, 'median'),
      perProcessorSecond: rows / mean(1, 'best'),
      tokensPerSecond: meanTokens / best,
      gflops: flops / best / 1e9,
      gflopsOfProcessor: flops / mean(1, 'best') / 1e9,
    };
  });
}

const isPeer = ({ name }) => name.startsWith('PyTorch');

/** Processor time at one thread is comparable even if other programs run on the machine. */
export function print(title, unit, lines) {
  const best = (value) => Math.max(0, ...lines.filter(isPeer).map(value));
  const wall = best((line) => line.perSecond);
  const processor = best((line) => (line.threads === 1 ? line.perProcessorSecond : 0));
  console.log(`\n${title}`);
  for (const line of lines) {
    const one = lines.find(({ name, threads }) => name === line.name && threads === 1);
    const text = [
      `  ${line.name.padEnd(15)} ${line.threads} thread${line.threads > 1 ? 's' : ' '}`,
      `${line.perSecond.toFixed(0).padStart(5)} ${unit}/s (median ${line.medianPerSecond.toFixed(0)})`,
      `${(line.tokensPerSecond / 1000).toFixed(0).padStart(4)}k tokens/s`,
      `${line.gflops.toFixed(1).padStart(5)} GFLOPS`,
    ];
    if (line.program) text.push(line.program);
    if (wall > 0) text.push(`${(line.perSecond / wall).toFixed(2)} × PyTorch's best`);
    if (line.threads > 1) text.push(`${(line.perSecond / one.perSecond).toFixed(2)} × one thread`);
    else {
      text.push(
        `${line.perProcessorSecond.toFixed(0)} per processor second (${line.gflopsOfProcessor.toFixed(1)} GFLOPS)`,
      );
      if (processor > 0) text.push(`${(line.perProcessorSecond / processor).toFixed(2)} × PyTorch's`);
    }
    console.log(text.join('  '));
  }
}
