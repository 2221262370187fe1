// Search of many queries at once: exact search against NumPy and FAISS, BM25 against bm25s, on random vectors and texts.
//
//   npm run bench -- search
//
// DOCUMENTS, QUERIES and DIMENSIONS set the size (100,000, 2,000 and 128), THREADS the largest number of threads.
// PIPELINE_PYTHON names a Python with numpy, faiss-cpu, bm25s and numba; what it lacks is left out.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { loadSources } from './engine/load.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const python = process.env.PIPELINE_PYTHON ?? 'python3';
const count = (name, otherwise) => Number(process.env[name] ?? otherwise);
const size = {
  documents: count('DOCUMENTS', 100_000),
  queries: count('QUERIES', 2000),
  dimensions: count('DIMENSIONS', 128),
};
const TOP = 100;
const PASSES = 3;
const VOCABULARY = 50_000;
const LENGTHS = { document: 60, query: 10 };
const BM25 = { k1: 0.9, b: 0.4 };

const loadSearch = () =>
  loadSources(
    'retrieval/bm25.ts',
    'retrieval/exact.ts',
    'engine/kernels/search/search-kernels.ts',
    'base/random.ts',
  );

/** Normal vectors of length 1. */
function vectors(source, rows) {
  const { dimensions } = size;
  const data = Float32Array.from({ length: rows * dimensions }, () => source.normal());
  for (let row = 0; row < rows; row++) {
    const vector = data.subarray(row * dimensions, (row + 1) * dimensions);
    const norm = Math.hypot(...vector);
    for (let i = 0; i < dimensions; i++) vector[i] /= norm;
  }
  return { rows, columns: dimensions, data };
}

/** Texts whose words have about Zipf's frequencies, as token ids from 2 on. */
function texts(source, rows, length) {
  const draw = () => 2 + Math.min(VOCABULARY - 3, Math.floor(VOCABULARY ** source.uniform()) - 1);
  const lengths = Uint32Array.from(
    { length: rows },
    () => 1 + Math.floor(2 * length * source.uniform() ** 1.5),
  );
  const offsets = new Uint32Array(rows + 1);
  for (const [i, each] of lengths.entries()) offsets[i + 1] = offsets[i] + each;
  return { offsets, values: Uint32Array.from({ length: offsets[rows] }, draw) };
}

const rowsOf = ({ values, offsets }) =>
  Array.from({ length: offsets.length - 1 }, (_, i) => values.subarray(offsets[i], offsets[i + 1]));

/** Queries per second by the clock, the best of some passes. */
function rate(pass) {
  let best = Infinity;
  for (let i = 0; i < PASSES; i++) {
    const started = performance.now();
    const found = pass().length;
    if (found !== size.queries) throw new Error(`${found} rankings`);
    best = Math.min(best, performance.now() - started);
  }
  return (1000 * size.queries) / best;
}

const print = (name, threads, value, note = '') => {
  console.log(`| ${name} | ${threads} | ${Math.round(value).toLocaleString('en-US')} | ${note} |`);
};

const gflops = (value) =>
  `${((2 * value * size.documents * size.dimensions) / 1e9).toFixed(1)} GFLOPS with sorting`;

async function measureExact(search, data, threads) {
  const { documents, queries } = data;
  const rows = [...Array(size.queries).keys()];
  const pass = (kernels) => {
    const exact = search.createExactSearch(documents, 'dot', kernels);
    return rate(() => [...exact.search(queries, rows, TOP)]);
  };
  const alone = pass();
  print('without kernels', 1, alone, gflops(alone));
  await eachKernels(search, threads, (kernels, name, used) => {
    const value = pass(kernels);
    print(name, used, value, gflops(value));
  });
}

async function measureBm25(search, data, threads) {
  const asked = rowsOf(data.queryTexts);
  const pass = (kernels) => {
    const bm25 = search.createBm25(data.documentTexts, VOCABULARY, BM25, kernels);
    return rate(() => [...bm25.searchAll(asked, TOP)]);
  };
  print('without kernels', 1, pass());
  await eachKernels(search, threads, (kernels, name, used) => {
    print(name, used, pass(kernels));
  });
}

/** WebAssembly and the best that this machine has, on one thread and on all. */
async function eachKernels(search, threads, measure) {
  for (const wanted of ['wasm', ''])
    for (const used of new Set([1, threads])) {
      process.env.PIPELINE_KERNELS = wanted;
      const kernels = await search.openSearchKernels(used);
      if (wanted === '' && kernels.program === 'wasm') continue;
      measure(kernels, `kernels, ${kernels.program}`, used);
      kernels.dispose();
    }
  delete process.env.PIPELINE_KERNELS;
}

function writeFor(folder, { documents, queries, documentTexts, queryTexts }) {
  const files = {
    'documents.f32': documents.data,
    'queries.f32': queries.data,
    'document_ids.u32': documentTexts.values,
    'document_offsets.u32': documentTexts.offsets,
    'query_ids.u32': queryTexts.values,
    'query_offsets.u32': queryTexts.offsets,
  };
  for (const [name, { buffer, byteOffset, byteLength }] of Object.entries(files))
    writeFileSync(join(folder, name), new Uint8Array(buffer, byteOffset, byteLength));
}

/** Prints the peers' rows of one table. Each number of threads is a process of its own. */
function measurePeers(what, folder, threads) {
  for (const used of new Set([1, threads])) {
    const script = join(here, 'peers', 'search.py');
    const args = [script, what, folder, String(size.dimensions), String(TOP), String(used)];
    const { status, stdout, stderr } = spawnSync(python, args, {
      encoding: 'utf8',
      env: {
        ...process.env,
        OMP_NUM_THREADS: String(used),
        OPENBLAS_NUM_THREADS: String(used),
        NUMBA_NUM_THREADS: String(used),
      },
    });
    if (status === 0) process.stdout.write(stdout);
    else console.log(`\nThe peers were skipped: ${(stderr ?? '').trim().split('\n').at(-1)}\n`);
  }
}

export async function run() {
  const threads = count('THREADS', availableParallelism());
  console.log(`Node ${process.version}, ${availableParallelism()} cores, ${cpus()[0]?.model.trim()}\n`);
  const search = await loadSearch();
  const source = search.random(1, 'bench search');
  const data = {
    documents: vectors(source, size.documents),
    queries: vectors(source, size.queries),
    documentTexts: texts(source, size.documents, LENGTHS.document),
    queryTexts: texts(source, size.queries, LENGTHS.query),
  };
  const folder = mkdtempSync(join(tmpdir(), 'bench-search-'));
  try {
    writeFor(folder, data);
    const of = `${size.queries.toLocaleString('en-US')} queries, ${size.documents.toLocaleString('en-US')} documents`;
    console.log(`## Exact search: ${of}, ${size.dimensions} dimensions, top ${TOP}\n`);
    console.log('| search | threads | queries/s | |\n| --- | ---: | ---: | --- |');
    await measureExact(search, data, threads);
    measurePeers('exact', folder, threads);
    console.log(`\n## BM25: ${of} of ${LENGTHS.document} words on average, top ${TOP}\n`);
    console.log('| search | threads | queries/s | |\n| --- | ---: | ---: | --- |');
    await measureBm25(search, data, threads);
    measurePeers('bm25', folder, threads);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
