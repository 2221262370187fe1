// Searches a second and how long each takes: by single requests of eight clients, by batches, and by usearch alone with the
// encoding added. Clients and server share the processors; how much of them the clients take is said.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { milliseconds, root, row, serve } from './tools.mjs';

const SECONDS = Number(process.env.SERVE_SECONDS ?? 10);
const WARM_SECONDS = Math.min(3, SECONDS);
const CLIENTS = 8;
/** Clients and questions of each request where these come in batches. */
const [BATCH_CLIENTS, BATCH] = [4, 64];
const K = 10;
const THREADS = Math.min(2, availableParallelism());

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

/** `store`: the folder; `run`: an id, or the latest run. SERVE_INDEX names an index to search, else the search is exact. */
export async function searching(store, run) {
  const index = process.env.SERVE_INDEX;
  const target = run === undefined ? [store] : [run, '--store', store];
  const options = ['--search-only', '--workers', String(THREADS), ...(index ? ['--index', index] : [])];
  const server = await serve(...target, ...options);
  try {
    const about = await (await fetch(`${server.address}/api/search/about`)).json();
    if (about.code) throw new Error(`${about.message} ${about.hint ?? ''}`);
    const questions = questionsOf(about);
    const how = about.search === 'index' ? 'by index' : 'exact';
    const load = async (systems, batch, seconds = SECONDS) => {
      const [clients, size] = batch ? [BATCH_CLIENTS, [String(BATCH)]] : [CLIENTS, []];
      const args = [server.address, String(seconds), String(clients), `k=${K}&systems=${systems}`, ...size];
      const client = join(root, 'bench', 'serve', 'client.mjs');
      const { times, cpu } = JSON.parse(await output([client, ...args], process.env, questions));
      const rate = (times.length * (batch ? BATCH : 1)) / seconds;
      return {
        times: times.sort((a, b) => a - b),
        rate,
        share: cpu / (1000 * seconds * availableParallelism()),
      };
    };
    const single = {};
    for (const systems of ['model', 'bm25', 'model,bm25,fused']) {
      await load(systems, false, WARM_SECONDS);
      const { times, rate, share } = await load(systems, false);
      single[systems] = rate;
      const what = `search ${systems}${systems === 'bm25' ? '' : `, ${how}`}`;
      row(
        `${what}: p50 / p99 with ${CLIENTS} clients`,
        `${milliseconds(quantile(times, 0.5))} / ${milliseconds(quantile(times, 0.99))}`,
        systems === 'model' ? '< 5 ms / < 25 ms' : '',
      );
      row(`${what}: searches a second`, rate.toFixed(0), `clients take ${percent(share)} of the processors`);
    }
    await load('model', true, WARM_SECONDS);
    const batches = await load('model', true);
    row(
      `search model, ${how}, ${BATCH} questions a request: searches a second`,
      batches.rate.toFixed(0),
      `clients take ${percent(batches.share)} of the processors`,
    );
    server.stop();
    const alone = await baseline(store, about.run, questions, index);
    if (alone === undefined) return;
    row(`usearch alone, encoding added, ${THREADS} processes: searches a second`, alone.toFixed(0));
    row('ours of that, one question a request', `${(single.model / alone).toFixed(2)} ×`, '≥ 0.8 ×');
    row(`ours of that, ${BATCH} questions a request`, `${(batches.rate / alone).toFixed(2)} ×`, '≥ 0.8 ×');
  } finally {
    server.stop();
  }
}

const percent = (part) => `${(100 * part).toFixed(0)} %`;

/** Lines of SERVE_QUESTIONS; the test questions of MEDQUAD_DIR for a store that is given; else those that the page offers. */
function questionsOf({ examples }) {
  const { SERVE_QUESTIONS, SERVE_STORE, MEDQUAD_DIR } = process.env;
  if (SERVE_QUESTIONS) return readFileSync(SERVE_QUESTIONS, 'utf8');
  const file = join(MEDQUAD_DIR ?? '', 'test.jsonl.gz');
  if (!SERVE_STORE || !MEDQUAD_DIR || !existsSync(file)) return `${examples.join('\n')}\n`;
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  return lines.map((line) => `${JSON.parse(line).query.replace(/\s+/g, ' ').trim()}\n`).join('');
}

/** Searches a second of as many processes as there are search threads; undefined without an index. */
async function baseline(store, run, questions, index) {
  const record = JSON.parse(readFileSync(join(store, 'runs', `${run}.json`), 'utf8'));
  const stages = Object.entries(record.stages);
  const chosen = index ?? stages.findLast(([, { kind }]) => kind === 'index')?.[0];
  if (chosen === undefined) return undefined;
  const inputOf = (stage, slot) => record.resolved.stages.find(({ name }) => name === stage).inputs[slot][0];
  const folderOf = (stage) => ({
    path: join(store, record.stages[stage].kind, record.stages[stage].key),
    manifest: {},
  });
  const embeddings = inputOf(chosen, 'embeddings');
  const parts = {
    model: folderOf(inputOf(embeddings, 'model')),
    embeddings: folderOf(embeddings),
    index: folderOf(chosen),
  };
  const script = join(root, 'dist', 'bench-serve-baseline.js');
  await build({
    entryPoints: [join(root, 'bench', 'serve', 'baseline.mjs')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    external: ['usearch', '@duckdb/*', 'esbuild', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
    banner: {
      js: "import { createRequire as __r } from 'node:module'; const require = __r(import.meta.url);",
    },
  });
  const env = {
    ...process.env,
    PARTS: JSON.stringify(parts),
    ENGINE: JSON.stringify(record.engine),
    K: String(K),
    SECONDS: String(SECONDS),
  };
  try {
    const rates = await Promise.all(Array.from({ length: THREADS }, () => output([script], env, questions)));
    return rates.reduce((sum, rate) => sum + Number(rate), 0);
  } finally {
    rmSync(script);
  }
}

function output(args, env, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece) => (text += piece));
    child.on('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${args.join(' ')} ended with ${code}`)),
    );
    child.stdin.end(input);
  });
}
