// Makes docs/images/*.png, which README.md shows: what a reader of the page sees, in a real Chromium. The report is that of
// the latest run. The comparison is of the latest two, so make them first:
//   npx pipeline run pipelines/quickstart.yaml --set model.encoder.pooling=max
//   npx pipeline run pipelines/quickstart.yaml
// `node scripts/screenshots.mjs [NAME…]` makes only those named. STORE names another store than artifacts/, and CHROMIUM
// another browser than /usr/bin/chromium.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const COMMAND = join(root, 'dist', 'pipeline.cjs');
const store = resolve(process.env.STORE ?? join(root, 'artifacts'));
const images = join(root, 'docs', 'images');
const MOST_BYTES = 300_000;

/** Each: the name of the image, and what is done to an open page of the report before its picture is taken. */
const REPORT_SHOTS = {
  report: {
    height: 820,
  },
  'report-query': {
    height: 700,
    async prepare(page) {
      const query = page.locator('.queries .query').nth(3);
      await query.locator('summary').click();
      await page.locator('#queries').evaluate((section) => {
        section.scrollIntoView();
      });
    },
  },
};

const COLUMNS = 'started,spec,outcome,result,model.encoder.pooling,model.encoder.hidden,model.epochs,seconds';

/** The same for pages that `pipeline serve` shows: `hash` is the rest of the address, for the ids of the latest runs. */
const SERVE_SHOTS = {
  'serve-runs': {
    height: 420,
    hash: ([first, second]) => `/runs?pick=${first},${second}&columns=${COLUMNS}`,
    ready: 'table.runs tbody tr',
    // Where the store is on this machine is nothing to readers.
    async prepare(page) {
      await page.locator('.facts code').evaluate((path) => {
        path.textContent = '~/experiments/artifacts';
      });
    },
  },
  'serve-compare': {
    height: 640,
    hash: ([first, second]) => `/compare/${second}/${first}`,
    ready: '#tests',
  },
  'serve-search': {
    height: 620,
    hash: () => `/search?q=${encodeURIComponent('join two paths')}&k=5`,
    ready: '.ranked li',
    // The first answers take longer: the model is loaded, and code is compiled.
    async prepare(page) {
      for (let i = 0; i < 8; i++) {
        await page.reload();
        await page.waitForSelector('.ranked li');
      }
    },
  },
};

const wanted = process.argv.slice(2);
const wantedOf = (shots) =>
  Object.entries(shots).filter(([name]) => wanted.length === 0 || wanted.includes(name));

const folder = mkdtempSync(join(tmpdir(), 'pipeline-screenshots-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  mkdirSync(images, { recursive: true });
  if (wantedOf(REPORT_SHOTS).length > 0) await takeReport();
  if (wantedOf(SERVE_SHOTS).length > 0) await takeServed();
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

async function takeReport() {
  const report = join(folder, 'report.html');
  execFileSync(process.execPath, [COMMAND, 'report', 'latest', '--store', store, '-o', report]);
  for (const [name, shot] of wantedOf(REPORT_SHOTS)) await take(name, pathToFileURL(report).href, shot);
}

async function takeServed() {
  const { runs } = JSON.parse(execFileSync(process.execPath, [COMMAND, 'runs', '--json', '--store', store]));
  const ids = runs.map(({ id }) => id);
  const server = spawn(process.execPath, [COMMAND, 'serve', '--store', store, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    // The first line that it prints is the address.
    const [line] = await once(server.stdout.setEncoding('utf8'), 'data');
    for (const [name, shot] of wantedOf(SERVE_SHOTS))
      await take(name, `${line.trim()}#${shot.hash(ids)}`, shot);
  } finally {
    server.kill();
  }
}

async function take(name, address, { height, ready = 'h1', prepare }) {
  const page = await browser.newPage({ viewport: { width: 1180, height }, colorScheme: 'light' });
  await page.goto(address);
  await page.waitForSelector(ready);
  await prepare?.(page);
  // Fonts and canvases are drawn in the next frames.
  await page.waitForTimeout(500);
  const path = join(images, `${name}.png`);
  await page.screenshot({ path });
  await page.close();
  const { size } = statSync(path);
  if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes, more than ${MOST_BYTES}`);
  console.log(`${path}  ${Math.round(size / 1000)} kB`);
}
