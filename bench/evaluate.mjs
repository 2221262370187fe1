// Evaluation on MedQuAD: whether other tools compute the same metrics from the run files alone, and the speed of search.
//
//   npm run bench -- evaluate
//
// MEDQUAD_DIR names the folder of MedQuAD. PIPELINE_PYTHON names a Python with numpy, scipy, pytrec_eval-terrier,
// ir-measures and bm25s; without one the peers' columns are left out.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { loadSources } from './engine/load.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const python = process.env.PIPELINE_PYTHON ?? 'python3';

const SPEC = (data) => `
name: bench
stages:
  corpus:
    uses: ingest
    with:
      format: msmarco
      splits: { train: ${data}/train.jsonl.gz, validation: ${data}/validation.jsonl.gz, test: ${data}/test.jsonl.gz }
  tokens: { uses: tokenize, inputs: { corpus: corpus } }
  vectors: { uses: word2vec, inputs: { tokens: tokens }, with: { source: train, dimensions: 128, epochs: 3 } }
  embeddings: { uses: ${join(here, 'evaluate/mean-embeddings.ts')}, inputs: { tokens: tokens, vectors: vectors } }
  index: { uses: index, inputs: { embeddings: embeddings } }
  narrow_vectors: { uses: word2vec, inputs: { tokens: tokens }, with: { source: train, dimensions: 96, epochs: 3 } }
  narrow: { uses: ${join(here, 'evaluate/mean-embeddings.ts')}, inputs: { tokens: tokens, vectors: narrow_vectors } }
  narrow_report: { uses: evaluate, inputs: { corpus: corpus, tokens: tokens, embeddings: narrow }, with: { label: narrow } }
  report:
    uses: evaluate
    inputs: { corpus: corpus, tokens: tokens, embeddings: embeddings, index: index, against: [narrow_report] }
  triplets:
    uses: mine
    inputs: { tokens: tokens, embeddings: embeddings, index: index }
    with: { negatives: [{ from: bm25 }, { from: model }, { from: random }] }
  bm25_triplets: { uses: mine, inputs: { tokens: tokens }, with: { negatives: [{ from: bm25 }] } }
  exact_triplets:
    uses: mine
    inputs: { tokens: tokens, embeddings: embeddings }
    with: { negatives: [{ from: model }], scorer: fusion }
`;

function medquad() {
  const folders = [process.env.MEDQUAD_DIR, join(root, '..', 'shared', 'data', 'medquad')];
  return folders.find((folder) => folder && existsSync(join(folder, 'test.jsonl.gz')));
}

/** Runs the built command and returns each stage's folder, metrics and seconds. */
function runPipeline(folder, data) {
  const spec = join(folder, 'bench.yaml');
  writeFileSync(spec, SPEC(data));
  const pipeline = (...args) =>
    execFileSync(process.execPath, [join(root, 'dist', 'pipeline.cjs'), ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 1 << 28,
    });
  const store = join(folder, 'store');
  const events = pipeline('run', spec, '--store', store, '--jobs', '1', '--json')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const { stages } = JSON.parse(pipeline('show', spec, '--store', store, '--json'));
  for (const { type, stage, seconds } of events)
    if (type === 'stage-finished') stages[stage].seconds = seconds;
  return stages;
}

/** The search functions as modules of this process, so that only they are timed. */
const loadSearches = () =>
  loadSources(
    'retrieval/ann.ts',
    'retrieval/bm25.ts',
    'retrieval/exact.ts',
    'formats/npy.ts',
    'formats/tokens.ts',
    'formats/ragged.ts',
  );

/** Queries per second of CPU time on one core, which other load hardly affects: the best of three passes. */
function throughput(queries, pass) {
  let best = Infinity;
  for (let i = 0; i < 3; i++) {
    const before = process.cpuUsage();
    pass();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  return queries / best;
}

async function measureSearches(stages) {
  const search = await loadSearches();
  const documents = search.readNpy(join(stages.embeddings.path, 'documents.npy'));
  const queries = search.readNpy(join(stages.embeddings.path, 'queries.npy'));
  const tokens = search.readTokens(stages.tokens.path);
  const rows = search.queriesOfSplit(tokens, 'test');
  const exact = search.createExactSearch(documents, 'cosine');
  const started = performance.now();
  const bm25 = search.createBm25(tokens.documents, tokens.vocabulary.tokens.length, { k1: 0.9, b: 0.4 });
  const bm25Build = performance.now() - started;
  const index = await search.openIndex(stages.index.path);
  const vector = (row) => queries.data.subarray(row * queries.columns, (row + 1) * queries.columns);
  const gflops = (rate) => (2 * rate * documents.rows * documents.columns) / 1e9;
  const batch = throughput(rows.length, () => [...exact.search(queries, rows, 100)]);
  const single = throughput(rows.length, () =>
    rows.forEach((row) => exact.search(queries, [row], 100).next()),
  );
  const words = throughput(rows.length, () =>
    rows.forEach((row) => bm25.search(search.row(tokens.queries, row), 100)),
  );
  const graph = throughput(rows.length, () => rows.forEach((row) => index.search(vector(row), 100)));
  return { documents, queries: rows.length, batch, single, words, graph, gflops, bm25Build };
}

function peers(script, ...args) {
  const { status, stdout, stderr } = spawnSync(python, [join(here, 'peers', script), ...args], {
    encoding: 'utf8',
  });
  if (status === null || /ModuleNotFoundError/.test(stderr)) return undefined;
  return { ok: status === 0, text: stdout.trimEnd() + stderr.trimEnd() };
}

export async function run() {
  const data = medquad();
  if (!data) {
    console.log('MedQuAD was not found: set MEDQUAD_DIR to its folder.');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'bench-evaluate-'));
  try {
    const stages = runPipeline(folder, data);
    printMachine();
    printAgreement(stages);
    await printSpeed(stages);
  } finally {
    // Artifacts are read-only.
    execFileSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function printMachine() {
  console.log(`Node ${process.version}, ${availableParallelism()} cores, ${cpus()[0]?.model.trim()}\n`);
}

function printAgreement({ report, narrow_report: other, tokens }) {
  console.log('## Agreement with other implementations\n');
  for (const [title, script, args] of [
    ['pytrec_eval, ir-measures and SciPy on the run files', 'trec_agreement.py', [report.path, other.path]],
    ['bm25s, method lucene, on the same tokens', 'bm25_agreement.py', [tokens.path, report.path]],
  ]) {
    const result = peers(script, ...args);
    if (!result) console.log(`${title}: skipped, PIPELINE_PYTHON does not have the packages`);
    else console.log(`### ${title}: ${result.ok ? 'all agree' : 'DIFFERENCES'}\n\n${result.text}\n`);
    if (result && !result.ok) process.exitCode = 1;
  }
}

async function printSpeed(stages) {
  const { documents, queries, batch, single, words, graph, gflops, bm25Build } =
    await measureSearches(stages);
  const rate = (value) => Math.round(value).toLocaleString('en-US');
  console.log(
    `## Search: ${queries} queries, ${documents.rows} documents, ${documents.columns} dimensions, top 100, one thread\n`,
  );
  console.log('| search | queries/s | CPU ms per query | |\n| --- | ---: | ---: | --- |');
  for (const [name, value, note] of [
    ['exact, queries in batch', batch, `${gflops(batch).toFixed(1)} GFLOPS in double precision`],
    ['exact, one at a time', single, `${gflops(single).toFixed(1)} GFLOPS`],
    ['BM25', words, `index built in ${Math.round(bm25Build)} ms`],
    [
      'usearch, one at a time',
      graph,
      `recall@10 against exact ${stages.report.metrics['ann/exact_recall@10'].toFixed(4)}`,
    ],
  ])
    console.log(`| ${name} | ${rate(value)} | ${(1000 / value).toFixed(3)} | ${note} |`);
  const numpy = peers('exact_search.py', stages.embeddings.path, stages.tokens.path);
  if (numpy) console.log(numpy.text);
  console.log('\n## Stages\n\n| stage | seconds | |\n| --- | ---: | --- |');
  const notes = {
    index: `${rate(stages.index.metrics['documents/s'])} vectors/s added, one thread`,
    report: 'BM25, model, fusion; 1,000 bootstrap samples, 10,000 permutations',
    triplets: `${rate(stages.triplets.metrics.triplets)} triplets from BM25, model by index, and random`,
    bm25_triplets: `${rate(stages.bm25_triplets.metrics.triplets)} triplets from BM25, all threads`,
    exact_triplets: `${rate(stages.exact_triplets.metrics.triplets)} triplets from exact search, scored by the fusion, all threads`,
  };
  for (const [name, note] of Object.entries(notes))
    console.log(`| ${name} | ${stages[name].seconds.toFixed(1)} | ${note} |`);
}
