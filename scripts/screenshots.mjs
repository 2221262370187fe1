// Makes docs/images/*.png, which README.md shows: what a reader of the page sees, in a real Chromium. Run it right after
// `npx pipeline run pipelines/quickstart.yaml`: it shows the latest run. `node scripts/screenshots.mjs [NAME…]` makes only
// those named. CHROMIUM names another browser than /usr/bin/chromium.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const images = join(root, 'docs', 'images');
const MOST_BYTES = 300_000;

/** Each: the name of the image, and what is done to an open page of the report before its picture is taken. */
const SHOTS = {
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

const folder = mkdtempSync(join(tmpdir(), 'pipeline-screenshots-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const report = join(folder, 'report.html');
  execFileSync(process.execPath, [
    join(root, 'dist', 'pipeline.js'),
    ...['report', 'latest', '--store', join(root, 'artifacts'), '-o', report],
  ]);
  mkdirSync(images, { recursive: true });
  const wanted = process.argv.slice(2);
  for (const [name, shot] of Object.entries(SHOTS))
    if (wanted.length === 0 || wanted.includes(name)) await take(name, pathToFileURL(report).href, shot);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

async function take(name, address, { height, prepare }) {
  const page = await browser.newPage({ viewport: { width: 1180, height }, colorScheme: 'light' });
  await page.goto(address);
  await page.waitForSelector('h1');
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
