// The page and the search: size and drawing time of a report, the table of 10,000 runs, searches a second with eight
// clients next to usearch alone, JavaScript of the page, malformed requests. Needs Chromium for what is drawn, and for
// searches a store with a run that has an index: SERVE_STORE (and SERVE_RUN), else that of a small spec made here. The report
// of that run is timed too, so that with a store of MedQuAD (`DATA_DIR=… npx pipeline run pipelines/medquad.yaml`) it is
// that of MedQuAD; MEDQUAD_DIR then gives its test questions. SERVE_INDEX names an index to search, else the search is exact.
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
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { fuzz } from './serve/fuzz.mjs';
import { searching } from './serve/searching.mjs';
import { milliseconds, pipeline, root, row, serve } from './serve/tools.mjs';

const RUNS = Number(process.env.SERVE_RUNS ?? 10_000);
const MALFORMED = Number(process.env.SERVE_MALFORMED ?? 100_000);
const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';

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
    const memory = await fuzz(server.address, server.pid, MALFORMED);
    server.stop();
    for (const { requests, before, collected } of memory)
      row(
        `memory after ${requests.toLocaleString('en-US')} malformed requests, garbage collected`,
        `${before.toFixed(0)}, ${collected.toFixed(0)} MB`,
        requests < MALFORMED ? '' : 'no growth after the first',
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
