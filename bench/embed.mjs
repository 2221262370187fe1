// Embedding: documents per second, forward only, of the embedded engine's kernels and of PyTorch, alternating.
//
//   npm run bench -- embed
//
// PYTHON, MEDQUAD_DIR and BENCH_ROUNDS as in train.mjs.
import { pathToFileURL } from 'node:url';
import { compare, print } from './engine/compare.mjs';
import { openTorch } from './engine/torch.mjs';
import { fixed, GRU, loadAll, LSTM, medquad, printMachine } from './engine/works.mjs';

export async function run() {
  printMachine();
  const sources = await loadAll();
  const torch = await openTorch();
  const work = async (title, shape, batches) => {
    print(title, 'documents', await compare(sources, torch, { shape, batches, what: 'embed' }));
  };
  await work('GRU 128/128, batches of 256 documents of 64 random tokens', GRU, fixed(sources, 2, 128));
  const real = medquad(sources, 2, 128);
  if (real) await work("GRU 128/128, batches of 256 of MedQuAD's passages", GRU, real);
  await work(
    'LSTM 256/256, bidirectional, batches of 128 documents of 64 tokens',
    LSTM,
    fixed(sources, 2, 64),
  );
  await torch?.close();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run();
