// Training: triplets per second of the embedded engine's kernels and of PyTorch, on the same batches, alternating.
//
//   npm run bench -- train
//
// PYTHON names a Python with torch (the CPU wheel is enough); MEDQUAD_DIR names the folder of MedQuAD. What is missing
// is skipped with a notice. BENCH_ROUNDS: rounds of each, 4 by default.
import { pathToFileURL } from 'node:url';
import { compare, print } from './engine/compare.mjs';
import { peak } from './engine/peak.mjs';
import { shares } from './engine/shares.mjs';
import { openTorch } from './engine/torch.mjs';
import { fixed, GRU, loadAll, LSTM, medquad, printMachine } from './engine/works.mjs';

export async function run() {
  printMachine();
  const sources = await loadAll();
  const torch = await openTorch();
  const work = async (title, shape, batches) => {
    const lines = await compare(sources, torch, { shape, batches, what: 'train' });
    print(title, 'triplets', lines);
    return lines;
  };
  const batches = fixed(sources, 2, 128);
  const lines = await work(
    'GRU 128/128, batch 128, queries of 12 and documents of 64 random tokens',
    GRU,
    batches,
  );
  const real = medquad(sources, 2, 128);
  if (real) await work("GRU 128/128, batch 128, MedQuAD's texts", GRU, real);
  await work('LSTM 256/256, bidirectional, batch 64, 12 and 64 tokens', LSTM, fixed(sources, 2, 64));
  await torch?.close();
  await printShares(sources, lines, batches);
}

async function printShares(sources, lines, batches) {
  if (!lines.some(({ program }) => program?.startsWith('wasm'))) {
    console.log(
      '\nThe shares of operations are seen in WebAssembly alone: PIPELINE_KERNELS=wasm shows them.',
    );
    return;
  }
  console.log('\nOne thread');
  for (const precision of ['exact', 'fast']) {
    const top = await peak(precision === 'fast');
    const each = await shares(sources, { shape: GRU, batches, precision, what: 'train' });
    const { gflopsOfProcessor } = lines.find(
      ({ name, threads }) => name === `kernels, ${precision}` && threads === 1,
    );
    const products = each.find(({ name }) => name === 'matrix products').share;
    console.log(
      `  ${precision}: SIMD-128 peak ${top.toFixed(1)} GFLOPS (registers only); the whole step ` +
        `${gflopsOfProcessor.toFixed(1)} GFLOPS of processor time, ${((100 * gflopsOfProcessor) / top).toFixed(0)} % of it; ` +
        each.map(({ name, share }) => `${name} ${(100 * share).toFixed(1)} %`).join(', '),
    );
    console.log(`    (matrix products take ${(100 * products).toFixed(0)} % of the time)`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run();
