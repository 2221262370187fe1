// Exported models: whether ONNX Runtime, PyTorch and sentence-transformers give the vectors of the embed stage and the
// documents of `pipeline query`, on the texts of the quickstart.
//
//   npm run bench -- interop
//
// PYTHON names a Python with numpy, onnxruntime, torch and sentence-transformers. Without it, these are installed from
// PyPI into a virtual environment in the temporary folder, which later runs use again.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);

/** Few steps: what matters is that weights are everywhere, of every cell, pooling and similarity. */
const SPEC = `
name: interop
stages:
  comments:
    uses: ${join(root, 'pipelines', 'kinds', 'declarations.ts')}
    with: { files: ['${root}/node_modules/typescript/lib/*.d.ts', '${root}/node_modules/@types/node/**/*.d.ts'] }
  corpus: { uses: ingest, inputs: { files: comments }, with: { format: beir, folder: . } }
  # Many words are too rare for a row of their own.
  tokens: { uses: tokenize, inputs: { corpus: corpus }, with: { min_count: 5, max_document_length: 48 } }
  triplets: { uses: mine, inputs: { tokens: tokens }, with: { negatives: [{ from: bm25 }], num_negatives: 1 } }
  model:
    uses: train
    inputs: { tokens: tokens, triplets: triplets }
    matrix:
      shape:
        gru: { cell: gru, layers: 1, pooling: attention, skip: true, projection: 64, shared: false, buckets: 20000, distance: cosine }
        lstm: { cell: lstm, layers: 2, pooling: max, skip: false, projection: null, shared: true, buckets: 0, distance: cosine }
        words: { cell: none, layers: 1, pooling: mean, skip: false, projection: 48, shared: false, buckets: 20000, distance: dot }
    with:
      encoder:
        cell: \${matrix.shape.cell}
        hidden: 48
        layers: \${matrix.shape.layers}
        bidirectional: true
        pooling: \${matrix.shape.pooling}
        skip: \${matrix.shape.skip}
        projection: \${matrix.shape.projection}
        shared: \${matrix.shape.shared}
      embeddings: { dimensions: 64, subwords: { buckets: '\${matrix.shape.buckets}' } }
      loss: { name: multiple_negatives_ranking, distance: '\${matrix.shape.distance}' }
      batch_size: 32
      max_steps: 120
  embeddings: { uses: embed, inputs: { model: model, tokens: tokens } }
`;
const SHAPES = ['gru', 'lstm', 'words'];

/** Words that no text of the corpus has. */
const NEW_WORDS = 'zzyzx descriptor frobnicates the quux';

function python() {
  if (process.env.PYTHON) return process.env.PYTHON;
  const folder = join(tmpdir(), 'two-tower-interop');
  const command = join(folder, 'bin', 'python');
  if (!existsSync(join(folder, 'complete'))) {
    console.log(`Installing torch, sentence-transformers, onnxruntime and numpy into ${folder} …`);
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
    const packages = ['numpy', 'onnxruntime', 'safetensors', 'torch', 'sentence-transformers'];
    execFileSync(command, ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: 'inherit' });
    writeFileSync(join(folder, 'complete'), '');
  }
  return command;
}

async function textsOf(batches) {
  const all = [];
  for await (const { texts } of batches) all.push(...texts);
  return all;
}

export async function run() {
  const interpreter = python();
  const { openCorpus } = await import(pathToFileURL(join(root, 'dist', 'artifacts.js')).href);
  const work = mkdtempSync(join(tmpdir(), 'bench-interop-'));
  try {
    const spec = join(work, 'interop.yaml');
    mkdirSync(join(work, 'artifacts'));
    writeFileSync(spec, SPEC);
    const pipeline = (...args) =>
      execFileSync(process.execPath, [join(root, 'dist', 'pipeline.cjs'), ...args], {
        cwd: work,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
        maxBuffer: 1 << 28,
      });
    pipeline('run', spec);
    const { stages } = JSON.parse(pipeline('show', spec, '--json'));
    const corpus = await openCorpus(stages.corpus.path);
    const documents = await textsOf(corpus.documents());
    const packed = await corpus.documentNames();
    const names = documents.map((_, id) => packed.at(id));
    const queries = await textsOf(corpus.queries('test'));
    corpus.close();
    const questions = [...queries.slice(0, 200), NEW_WORDS].map((text) => text.replace(/\s+/g, ' '));
    writeFileSync(join(work, 'questions.txt'), questions.map((text) => `${text}\n`).join(''));
    const models = SHAPES.map((shape) => {
      const stage = `model[shape=${shape}]`;
      for (const format of ['onnx', 'huggingface'])
        pipeline('export', spec, '--to', format, '--stage', stage, '-o', join(work, `${shape}-${format}`));
      const embeddings = `embeddings[shape=${shape}]`;
      const answers = pipeline(
        'query',
        spec,
        '--index',
        embeddings,
        '--model',
        '--json',
        '--file',
        'questions.txt',
      )
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).results.map(({ doc_id: id, score }) => ({ id, score })));
      return { shape, folder: join(work, shape), embeddings: stages[embeddings].path, answers };
    });
    writeFileSync(join(work, 'given.json'), JSON.stringify({ documents, names, questions, models }));
    const peer = join(here, 'peers', 'interop.py');
    execFileSync(interpreter, [peer, join(work, 'given.json')], { stdio: 'inherit' });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await run();
