// Skip-gram compared with gensim's on MedQuAD's documents and training queries: words per second, and the quality of the
// vectors for retrieval (MRR@10 of mean word vectors on the validation queries).
//
//   npm run bench -- word2vec
//
// MEDQUAD_DIR names the folder of MedQuAD. PIPELINE_PYTHON names a Python with gensim and numpy (pip install gensim, in
// a virtual environment); without one gensim's rows are left out.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MSMARCO_SPLITS, TOKENIZE, medquad, runStage } from './ingest/shared.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const python = process.env.PIPELINE_PYTHON ?? 'python3';
const PARAMS = {
  source: 'train',
  dimensions: 128,
  window: 5,
  negatives: 5,
  epochs: 5,
  learning_rate: 0.025,
  subsample: 0.001,
  splits: ['train'],
  seed: 42,
};

const artifact = (type, folder) => ({
  type,
  stage: type,
  path: join(folder, 'output'),
  digest: '',
  metrics: {},
});

function makeTokens(folder, data) {
  const [corpus, tokens] = [join(folder, 'corpus'), join(folder, 'tokens')];
  const params = { format: 'msmarco', on_error: 'fail', splits: MSMARCO_SPLITS(data) };
  runStage({ kind: 'ingest', params, inputs: {}, folder: corpus, threads: 2 });
  const inputs = { corpus: artifact('corpus', corpus) };
  runStage({ kind: 'tokenize', params: TOKENIZE, inputs, folder: tokens, threads: 2 });
  return artifact('tokens', tokens);
}

function train(folder, tokens, threads) {
  const place = join(folder, `vectors-${threads}`);
  const { metrics, megabytes, processor } = runStage({
    kind: 'word2vec',
    params: PARAMS,
    inputs: { tokens },
    folder: place,
    threads,
  });
  const vectors = join(place, 'output');
  const bytes = readFileSync(join(vectors, 'vectors.safetensors'));
  return {
    threads,
    metrics,
    megabytes,
    processor,
    vectors,
    digest: createHash('sha256').update(bytes).digest('hex'),
  };
}

function peers(tokens, threads, vectors) {
  const child = spawnSync(
    python,
    [
      join(here, 'peers', 'word2vec_gensim.py'),
      tokens.path,
      threads.join(','),
      String(PARAMS.dimensions),
      String(PARAMS.epochs),
      String(PARAMS.seed),
      `pipeline=${vectors}`,
    ],
    { encoding: 'utf8', env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' } },
  );
  if (child.status !== 0) {
    console.log(`gensim is skipped: ${python} cannot run the script (PIPELINE_PYTHON names another Python).`);
    return [];
  }
  return child.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

export async function run() {
  const data = medquad();
  if (!data) {
    console.log('MedQuAD was not found: set MEDQUAD_DIR to its folder.');
    return;
  }
  const cores = availableParallelism();
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cores} cores, Node ${process.version}`);
  const threads = [...new Set([1, 2, cores])].filter((count) => count <= cores);
  const folder = mkdtempSync(join(tmpdir(), 'bench-word2vec-'));
  try {
    const tokens = makeTokens(folder, data);
    const ours = threads.map((count) => train(folder, tokens, count));
    if (new Set(ours.map(({ digest }) => digest)).size !== 1)
      throw new Error('the bytes depend on the number of threads');
    const theirs = peers(tokens, threads, ours[0].vectors);
    const quality = theirs.find(({ name }) => name === 'pipeline')?.mrr;
    const grouped = (value) => Math.round(value).toLocaleString('en-US');
    const words = theirs.find((one) => one.words)?.words;
    const row = (name, count, { speed, processor, mrr }) => ({
      '': name,
      threads: count,
      'words/s': grouped(speed),
      'words per CPU second': words ? grouped(words / processor) : '',
      'MRR@10': mrr?.toFixed(3) ?? '',
    });
    console.table([
      ...ours.map(({ threads: count, metrics, processor }) =>
        row('pipeline', count, { speed: metrics.words_per_second, processor, mrr: quality }),
      ),
      ...theirs
        .filter(({ name }) => name !== 'pipeline')
        .map((one) => row(one.name, one.threads, { ...one, speed: one.words_per_second })),
    ]);
    console.log(
      `Same bytes at ${threads.join(', ')} threads; peak memory ${Math.round(ours.at(-1).megabytes)} MB.`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await run();
