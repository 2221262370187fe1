/** `pipeline serve` in a real browser, over a real store: each view is asked what a person would ask it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { accessibilityFaults, CHROMIUM, IN_CHROMIUM, useBrowser } from '../helpers/browser.ts';
import { COMMAND } from '../helpers/rig.ts';

const SMALL = join(import.meta.dirname, '..', '..', 'pipelines', 'small.yaml');
const store = mkdtempSync(join(tmpdir(), 'pipeline-test-'));
const folder = mkdtempSync(join(tmpdir(), 'pipeline-test-'));
const environment = { ...process.env, NO_COLOR: '1', PIPELINE_STORE: store };

/** The project of all tests of this file: the runs are made once. */
const rig = {
  write: (name: string, text: string): void => {
    writeFileSync(join(folder, name), text);
  },
  pipeline: (...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, env: environment });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.on('close', (code) => {
        resolve({ code, stdout, stderr });
      });
    }),
};
const servers: ChildProcess[] = [];

/** The first line that it prints is the address. */
async function serve(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [COMMAND, 'serve', ...args, '--port', '0', '--workers', '1'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  servers.push(child);
  for await (const piece of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
    const address = /http:\S+/.exec(piece)?.[0];
    if (address !== undefined) return address.replace(/\/$/, '');
  }
  throw new Error('it ended without an address');
}

interface RecordedRun {
  readonly id: string;
  readonly stages: Readonly<Record<string, { readonly kind: string; readonly key: string }>>;
}

const records = (): RecordedRun[] =>
  readdirSync(join(store, 'runs'))
    .filter((name) => name.endsWith('.json') && !name.includes('torn'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(store, 'runs', name), 'utf8')) as RecordedRun);

const rowsAre = (page: Page, count: number): Promise<unknown> =>
  vi.waitFor(async () => {
    expect(await page.locator('table.runs tbody tr').count()).toBe(count);
  }, PATIENCE);

/** Only so that a test that will never end says what it waits for. */
const PATIENCE = { timeout: 60_000, interval: 50 };

const SLOW = `
name: 'slow ⏳ عربي'
stages:
  first: { uses: command, with: { run: 'echo "loss مرحبا 👋"; echo 1 > $OUTPUT/a.txt' } }
  second: { uses: command, inputs: { from: first }, with: { run: 'echo working; while [ ! -e GO ]; do sleep 0.1; done; touch $OUTPUT/b' } }
`;

/** Each configuration waits until it is let go. */
const HALVED = `
name: halved
params: { value: 1, budget: 1 }
stages:
  score:
    uses: command
    with:
      run: 'while [ ! -e GO-\${params.budget}-\${params.value} ]; do sleep 0.1; done; echo "{\\"reached\\": \${params.value}}" > $OUTPUT/m.json'
      metrics: m.json
sweep:
  metric: score.reached
  grid: { params.value: [1, 2, 3] }
  halving: { budget: params.budget, max: 3 }
`;

beforeAll(async () => {
  for (const seed of ['7', '8']) await rig.pipeline('run', SMALL, '--set', `params.seed=${seed}`);
  rig.write(
    'failing.yaml',
    "name: failing\nstages:\n  broken: { uses: command, with: { run: 'echo why; false' } }\n",
  );
  await rig.pipeline('run', 'failing.yaml');
  writeFileSync(join(store, 'runs', 'torn.json'), '{"format"');
});
afterAll(() => {
  for (const server of servers) server.kill();
  for (const made of [store, folder]) rmSync(made, { recursive: true, force: true });
});

describe.skipIf(CHROMIUM === undefined)(`pipeline serve ${IN_CHROMIUM}`, () => {
  const open = useBrowser();
  let address: string;
  beforeAll(async () => {
    address = await serve();
  });

  it('lists the runs, finds those that meet a condition, and compares those that are ticked', async () => {
    const { page, complaints, requests } = await open(`${address}/#/runs`);
    await page.waitForSelector('table.runs tbody tr');
    expect(await page.locator('table.runs tbody tr').count()).toBe(3);
    expect(await page.textContent('main')).toMatch(/1 record cannot be read and is left out: torn/);
    await page.getByLabel('find', { exact: true }).fill('seed=8 outcome=done');
    await rowsAre(page, 1);
    expect(page.url()).toContain('q=seed%3D8%20outcome%3Ddone');
    await page.getByLabel('find', { exact: true }).fill('spec=small');
    await rowsAre(page, 2);
    for (const box of await page.locator('table.runs tbody input[type=checkbox]').all()) await box.check();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Compare 2 runs' }).click();
    await page.waitForSelector('#parameters');
    expect(await page.textContent('#parameters')).toMatch(/params\.seed/);
    expect(await page.textContent('#tests')).toMatch(/model MRR@10/);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    expect(requests.every((url) => url.startsWith(address) || url.startsWith('data:'))).toBe(true);
  });

  it('answers a question by all systems, with the words of the question marked, and a link shows it again', async () => {
    const { page, complaints } = await open(`${address}/#/search`);
    await page.waitForSelector('.examples a');
    await page.getByLabel('Question', { exact: true }).fill('garden at night');
    await page.getByLabel('Question', { exact: true }).press('Enter');
    await page.waitForSelector('.ranked li');
    expect(await page.locator('.ranked h3').allTextContents()).toEqual([
      expect.stringMatching(/^Model · [\d.]+ ms$/),
      expect.stringMatching(/^BM25 · [\d.]+ ms$/),
      expect.stringMatching(/^Fused · [\d.]+ ms$/),
    ]);
    expect(await page.locator('mark').allTextContents()).toContain('garden');
    expect(await accessibilityFaults(page)).toEqual([]);
    const again = await open(page.url());
    await again.page.waitForSelector('.ranked li');
    expect(await again.page.getByLabel('Question', { exact: true }).inputValue()).toBe('garden at night');
    expect([...complaints, ...again.complaints]).toEqual([]);
  });

  it('says why an artifact was made and what is in its files', async () => {
    const { kind, key } = records().at(1)!.stages['report[cell=gru]']!;
    const { page, complaints } = await open(`${address}/#/artifact/${kind}/${key}?file=per_query.tsv`);
    await page.waitForSelector('.head-file table');
    expect(await page.textContent('#why')).toMatch(/input embeddings changed/);
    expect(await page.textContent('.head-file thead')).toMatch(/model\/mrr@10/);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('shows a failed run with its last words', async () => {
    const { page, complaints } = await open(`${address}/#/run/${records().at(-1)!.id}`);
    await page.waitForSelector('#warnings');
    expect(await page.textContent('#warnings')).toMatch(/why/);
    expect(complaints).toEqual([]);
  });

  it('shows a run that begins while the table is open, and follows it until it ends', async () => {
    const { page, complaints } = await open(`${address}/#/runs`);
    await page.waitForSelector('table.runs tbody tr');
    rig.write('slow.yaml', SLOW.replace('GO', join(folder, 'go')));
    const running = rig.pipeline('run', 'slow.yaml');
    await page.getByRole('link', { name: 'slow ⏳ عربي' }).click();
    await page.waitForSelector('.chip:text("running")');
    await page.waitForSelector('pre.log:has-text("working")');
    expect(await accessibilityFaults(page)).toEqual([]);
    rig.write('go', '');
    await running;
    await page.getByRole('link', { name: 'see its results' }).click();
    await page.waitForSelector('#stages');
    expect(complaints).toEqual([]);
  });

  it('ranks the configurations of a sweep as they end, and follows each rung of halving to its results', async () => {
    const { page, complaints } = await open(`${address}/#/runs`);
    await page.waitForSelector('table.runs tbody tr');
    rig.write('halved.yaml', HALVED);
    const letGo = (budget: number, value: number): void => {
      rig.write(`GO-${budget}-${value}`, '');
    };
    const running = rig.pipeline('sweep', 'halved.yaml', '--jobs', '3');
    await page.getByRole('link', { name: 'halved' }).click();
    await page.waitForSelector('#ranking :text("Rung 1 of successive halving, with a budget of 1.")');
    expect(await page.locator('#ranking tbody tr').count()).toBe(3);
    letGo(1, 2);
    await page.waitForSelector('#ranking :text("1 of 3 configurations has a result.")');
    expect(await page.textContent('#ranking tbody tr >> nth=0')).toMatch(/value=2\s*2/);
    letGo(1, 3);
    await page.waitForSelector('#ranking :text("2 of 3 configurations have a result.")');
    expect(await page.textContent('#ranking tbody tr >> nth=0')).toMatch(/value=3\s*3/);
    expect(await accessibilityFaults(page)).toEqual([]);
    letGo(1, 1);
    await page.waitForSelector('[role=status]:has-text("This rung has ended")');

    await page.goto(`${address}/#/runs`);
    await page.getByRole('link', { name: 'halved' }).and(page.locator('[href*="-rung-2"]')).click();
    await page.waitForSelector('#ranking :text("Rung 2 of successive halving, with a budget of 3.")');
    letGo(3, 3);
    expect((await running).code).toBe(0);
    await page.waitForSelector('[role=status]:has-text("This rung has ended")');
    await page.reload();
    await page.waitForSelector('[role=status]:has-text("This rung has ended")');
    await page.getByRole('link', { name: 'see its results' }).click();
    await page.waitForSelector('#ranking tbody tr:has-text("value=3")');
    expect(complaints).toEqual([]);
  });

  it('is whole on a narrow screen, in the dark', async () => {
    const narrow = { viewport: { width: 360, height: 740 }, colorScheme: 'dark' as const };
    const [first, second] = records();
    for (const hash of ['runs', 'search?q=night', `compare/${first!.id}/${second!.id}`]) {
      const { page } = await open(`${address}/#/${hash}`, narrow);
      await page.waitForSelector('table, .ranked li');
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(await accessibilityFaults(page)).toEqual([]);
    }
  });

  it('shows an empty store as one', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'pipeline-test-'));
    const { page, complaints } = await open(`${await serve(empty)}/#/runs`);
    expect(await page.textContent('main')).toMatch(/No run has been recorded in this store yet/);
    await page.goto(`${page.url().split('#')[0]!}#/search`);
    await page.waitForSelector('[role=alert]');
    expect(await page.textContent('[role=alert]')).toMatch(/No recorded run has anything to search/);
    rmSync(empty, { recursive: true });
    // The browser reports the answer to the search, 409, as an error of its own.
    expect(complaints.filter((text) => !text.includes('409'))).toEqual([]);
  });
});

describe('pipeline serve --search-only', () => {
  it('answers as `pipeline query` does, for a spec and for an exported run, and shows no store', async () => {
    await rig.pipeline('export', records()[0]!.id, '--output', 'run.tar');
    const queried = await rig.pipeline('query', records()[0]!.id, 'garden at night', '--hybrid', '--json');
    const expected = (JSON.parse(queried.stdout) as { results: unknown }).results;
    for (const what of [SMALL, 'run.tar']) {
      const address = await serve(what, '--search-only');
      const response = await fetch(`${address}/api/search?q=garden%20at%20night&k=5&systems=fused`);
      const { systems } = (await response.json()) as {
        systems: { fused: { results: Record<string, unknown>[] } };
      };
      expect(
        systems.fused.results.map(({ rank, doc_id, score, text }) => ({ rank, doc_id, score, text })),
      ).toEqual(expected);
      expect((await fetch(`${address}/api/view/runs`)).status).toBe(404);
    }
  });

  it('refuses an address that others can reach without a token', async () => {
    const { code, stderr } = await rig.pipeline('serve', '--host', '0.0.0.0', '--port', '0');
    expect(code).toBe(2);
    expect(stderr).toMatch(/0\.0\.0\.0 can be reached from other machines, and no token is asked for/);
  });
});
