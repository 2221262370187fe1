// The page and the search: size and drawing time of a report, the table of 10,000 runs, searches a second with eight
// clients next to usearch alone, JavaScript of the page, malformed requests. Needs Chromium for what is drawn, and for
// searches a store with a run that has an index: SERVE_STORE (and SERVE_RUN), else that of a small spec made here. The report
// of that run is timed too, so that with a store of MedQuAD (`DATA_DIR=… npx pipeline run pipelines/medquad.yaml`) it is
// that of MedQuAD.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { fuzz } from './serve/fuzz.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const command = join(root, 'dist', 'pipeline.js');
const RUNS = Number(process.env.SERVE_RUNS ?? 10_000);
const SECONDS = Number(process.env.SERVE_SECONDS ?? 10);
const MALFORMED = Number(process.env.SERVE_MALFORMED ?? 100_000);
const CLIENTS = 8;
const K = 10;
const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';

const row = (what, value, goal = '') => {
  console.log(`${what.padEnd(62)} ${value.padStart(16)}   ${goal}`);
};
const milliseconds = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

async function serve(...args) {
  const child = spawn(process.execPath, [command, 'serve', ...args, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const piece of child.stdout.setEncoding('utf8')) {
    const address = /http:\S+/.exec(piece)?.[0];
    if (address) return { address: address.replace(/\/$/, ''), pid: child.pid, stop: () => child.kill() };
  }
  throw new Error('the server did not start');
}

function pipeline(...args) {
  const { status, stderr } = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`pipeline ${args.join(' ')}: ${stderr}`);
}

/** A store with one small run, whose record is copied. */
function storeOfManyRuns(folder) {
  pipeline('run', join(root, 'pipelines', 'small.yaml'), '--store', folder);
  const runs = join(folder, 'runs');
  const [file] = readdirSync(runs).filter((name) => name.endsWith('.json'));
  const record = JSON.parse(readFileSync(join(runs, file), 'utf8'));
  for (let i = 1; i < RUNS; i++) {
    const started = new Date(Date.parse(record.started) - i * 60_000).toISOString();
    const id = `${started.replace(/[-:]|\.\d+/g, '')}-${i.toString(16).padStart(7, '0')}`;
    const parameters = { ...record.parameters, triplets: { ...record.parameters.triplets, seed: i % 97 } };
    const sweep =
      i % 3 === 0
        ? {
            id: `sweep-${Math.floor(i / 300)}`,
            configuration: `c${i % 300}`,
            repeats: 1,
            metric: null,
            goal: 'maximize',
            value: null,
          }
        : undefined;
    writeFileSync(
      join(runs, `${id}.json`),
      JSON.stringify({ ...record, id, started, params: { seed: i }, parameters, sweep }),
    );
  }
  return { store: folder, run: record.id };
}

async function withBrowser(work) {
  if (!existsSync(chromiumPath)) {
    row('drawn in Chromium', 'skipped', `there is no ${chromiumPath}`);
    return;
  }
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    await work(browser);
  } finally {
    await browser.close();
  }
}

/** From the beginning of the navigation until `ready` holds, as the page's own clock has it. */
async function drawn(browser, address, ready) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(address, { waitUntil: 'commit' });
  const time = await page.evaluate(
    `new Promise((resolve) => { const look = () => (${ready}) ? requestAnimationFrame(() => resolve(performance.now())) : setTimeout(look, 4); look(); })`,
  );
  return { page, time };
}

/** Of a report: every section is there, and none waits for its data. */
const WHOLE =
  "document.readyState === 'complete' && document.querySelectorAll('section').length > 3 && !document.querySelector('.loading')";

/** `reports`: name → file. */
async function drawing({ store }, reports) {
  await withBrowser(async (browser) => {
    for (const [name, file] of Object.entries(reports)) {
      const whole = await drawn(browser, pathToFileURL(file).href, WHOLE);
      row(`report of ${name}, opened until everything is drawn`, milliseconds(whole.time), '< 1 s');
      await whole.page.close();
    }
    const opened = (address) =>
      drawn(browser, `${address}/#/runs`, "document.querySelectorAll('table.runs tbody tr').length > 10");
    const runs = `runs table, ${RUNS.toLocaleString('en-US')} runs: first paint`;
    // Nobody has looked at these records before: every one is read, and the index of the history is written.
    const first = await serve(store);
    try {
      row(`${runs}, records never read before`, milliseconds((await opened(first.address)).time));
    } finally {
      first.stop();
    }
    const server = await serve(store);
    try {
      const { page, time } = await opened(server.address);
      row(runs, milliseconds(time), '< 1 s');
      const filtered = await page.evaluate(`new Promise((resolve) => {
        const input = document.querySelector('.filter input');
        const found = document.querySelector('#found');
        const before = found.textContent;
        const started = performance.now();
        input.value = 'triplets.seed=5';
        input.dispatchEvent(new Event('input', { bubbles: true }));
        const look = () => found.textContent !== before && !/^0 /.test(found.textContent)
          ? requestAnimationFrame(() => resolve(performance.now() - started)) : setTimeout(look, 2);
        look();
      })`);
      row('runs table: filter by a parameter', milliseconds(filtered), '< 100 ms');
    } finally {
      server.stop();
    }
  });
}

async function searching(store, run) {
  const args = [store, '--search-only', '--workers', String(Math.min(2, availableParallelism()))];
  const index = process.env.SERVE_INDEX;
  const server = await serve(
    ...(run === undefined ? args : [run, '--store', ...args]),
    ...(index ? ['--index', index] : []),
  );
  try {
    const about = await (await fetch(`${server.address}/api/search/about`)).json();
    const questions = process.env.SERVE_QUESTIONS
      ? readFileSync(process.env.SERVE_QUESTIONS, 'utf8')
      : `${about.examples.join('\n')}\n`;
    const load = (query) => {
      const client = spawnSync(
        process.execPath,
        [join(root, 'bench', 'serve', 'client.mjs'), server.address, String(SECONDS), String(CLIENTS), query],
        { input: questions, encoding: 'utf8', maxBuffer: 1 << 28 },
      );
      if (client.status !== 0) throw new Error(client.stderr);
      return JSON.parse(client.stdout).sort((a, b) => a - b);
    };
    load(`k=${K}&systems=model`);
    const rates = {};
    for (const systems of ['model', 'bm25', 'model,bm25,fused']) {
      const times = load(`k=${K}&systems=${systems}`);
      rates[systems] = times.length / SECONDS;
      const goal = systems === 'model' ? '< 5 ms / < 25 ms' : '';
      row(
        `search ${systems}: p50 / p99 with ${CLIENTS} clients`,
        `${milliseconds(quantile(times, 0.5))} / ${milliseconds(quantile(times, 0.99))}`,
        goal,
      );
      row(`search ${systems}: searches a second`, rates[systems].toFixed(0));
    }
    const alone = await baseline(store, about.run, questions, index);
    if (alone === undefined) return;
    const threads = Math.min(2, availableParallelism());
    const rate = (1000 / alone.each) * threads;
    row(`usearch alone, encoding added, ${threads} processes: searches a second`, rate.toFixed(0));
    row('ours of that', `${(rates['model'] / rate).toFixed(2)} ×`, '≥ 0.8 ×');
  } finally {
    server.stop();
  }
}

/** As many processes as there are search threads, each with questions of its own; undefined without an index. */
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
  };
  const runs = await Promise.all(
    Array.from({ length: Math.min(2, availableParallelism()) }, () => output(script, env, questions)),
  );
  rmSync(script);
  const times = runs.flatMap((text) => JSON.parse(text));
  const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
  return { each: mean(times.map(([encoding, search]) => encoding + search)) };
}

function output(script, env, input) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece) => (text += piece));
    child.on('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`the baseline ended with ${code}`)),
    );
    child.stdin.end(input);
  });
}

/** The id, whose record says what the run is of. */
const latestRun = (store) =>
  readdirSync(join(store, 'runs'))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .at(-1)
    .replace('.json', '');

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-serve-'));
  mkdirSync(join(folder, 'store'));
  try {
    const made = storeOfManyRuns(join(folder, 'store'));
    const store = process.env.SERVE_STORE ?? made.store;
    const reports = { 'the small spec': join(folder, 'small.html') };
    pipeline('report', made.run, '--store', made.store, '--output', reports['the small spec']);
    if (process.env.SERVE_STORE !== undefined) {
      const named = process.env.SERVE_RUN ?? latestRun(store);
      const { spec } = JSON.parse(readFileSync(join(store, 'runs', `${named}.json`), 'utf8'));
      reports[spec.name] = join(folder, 'given.html');
      pipeline('report', named, '--store', store, '--output', reports[spec.name]);
    }
    for (const [name, file] of Object.entries(reports))
      row(`report of ${name}: size`, `${(statSync(file).size / 1e6).toFixed(2)} MB`, '< 5 MB');
    const script = readFileSync(join(root, 'dist', 'page', 'app.js'));
    row('JavaScript of the page, gzipped', `${(gzipSync(script).length / 1000).toFixed(0)} kB`, '< 150 kB');
    await drawing(made, reports);
    await searching(store, process.env.SERVE_STORE === undefined ? made.run : process.env.SERVE_RUN);
    const server = await serve(made.store);
    const { early, late } = await fuzz(server.address, server.pid, MALFORMED);
    server.stop();
    row(
      `${MALFORMED.toLocaleString('en-US')} malformed requests: memory after a tenth, after all`,
      `${early.toFixed(0)} / ${late.toFixed(0)} MB`,
      'no growth',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
