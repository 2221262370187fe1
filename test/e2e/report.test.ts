import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFaults, CHROMIUM, IN_CHROMIUM, useBrowser } from '../helpers/browser.ts';
import { oddTexts } from '../helpers/odd-texts.ts';
import { makeRig, type Rig } from '../helpers/rig.ts';
import { scoredSweep } from '../helpers/scored-sweep.ts';

const open = useBrowser();

function addressOf(rig: Rig, file = 'report.html'): string {
  return pathToFileURL(join(rig.folder, file)).href;
}

async function reported(rig: Rig, ...args: string[]): Promise<string> {
  const { code, stderr } = await rig.pipeline('report', ...args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return addressOf(rig);
}

describe('pipeline report', () => {
  it('is the same of an exported run as of the store, and leaves nothing behind', async () => {
    const rig = makeRig();
    const spec = join(import.meta.dirname, '..', '..', 'pipelines', 'small.yaml');
    await rig.pipeline('run', spec, '--store', 'artifacts');
    await rig.pipeline('export', 'latest', '--output', 'run.tar.gz');
    await reported(rig, 'latest', '-o', 'store.html');
    await reported(rig, 'run.tar.gz', '-o', 'archive.html', '--store', 'nowhere');
    expect(rig.read('archive.html')).toBe(rig.read('store.html'));
    expect(existsSync(join(rig.folder, 'nowhere'))).toBe(false);
  });

  it('replaces an earlier report and no other file', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': "name: s\nstages: { a: { uses: command, with: { run: 'echo > $OUTPUT/x' } } }\n" });
    await rig.run('s.yaml');
    await reported(rig, 'latest');
    await reported(rig, 's.yaml');
    rig.write({ 'report.html': '<p>mine</p>' });
    const { code, stderr } = await rig.pipeline('report', 'latest');
    expect(code).toBe(2);
    expect(stderr).toContain('report.html exists and is not a report');
    expect(rig.read('report.html')).toBe('<p>mine</p>');
  });

  it('names its file and size for programs', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': "name: s\nstages: { a: { uses: command, with: { run: 'echo > $OUTPUT/x' } } }\n" });
    await rig.run('s.yaml');
    const { stdout } = await rig.pipeline('report', 'latest', '-o', 'out/r.html', '--json');
    const { file, bytes } = JSON.parse(stdout) as { file: string; bytes: number };
    expect(file).toBe(join(rig.folder, 'out/r.html'));
    expect(bytes).toBe(Buffer.byteLength(rig.read('out/r.html')));
  });
});

describe.skipIf(!CHROMIUM)(`the report of an experiment, ${IN_CHROMIUM}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-report-'));
  let address: string;
  beforeAll(async () => {
    const rig = oddTexts(folder);
    expect((await rig.run('odd.yaml')).code).toBe(0);
    address = await reported(rig, 'latest');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers what a reader asks, from one file and without a network', async () => {
    const { page, complaints, requests } = await open(address);

    // What was run, and how good is it?
    expect(await page.title()).toMatch(/^odd · \d{8}T/);
    expect(await page.locator('.headline dt').allTextContents()).toEqual(
      expect.arrayContaining(['model', 'BM25', 'fused']),
    );
    const figures = page.getByRole('table', { name: 'Whole corpus, report' });
    expect(await figures.locator('tbody th').allTextContents()).toEqual(
      expect.arrayContaining(['model', 'BM25', 'fused']),
    );
    // Why can it be trusted?
    const stages = page.getByRole('table', { name: 'Stages in the order of the spec' });
    expect(await stages.locator('tbody tr').count()).toBe(7);
    expect(await stages.locator('tbody tr').first().textContent()).toMatch(
      /corpusingestexecuted.*[0-9a-f]{12}/,
    );
    expect(await page.locator('#origin').textContent()).toContain('wasm');
    expect(await page.locator('#warnings').textContent()).toContain('optimiser steps');
    // How did training go, and how hard are the negatives?
    expect(await page.locator('#curves svg[role=img]').count()).toBe(2);
    expect(await page.locator('#negatives svg[role=img]').count()).toBe(2);
    // Which types of query are answered well?
    expect(await page.locator('#types svg[role=img]').getAttribute('aria-label')).toContain('causes · 8');
    // Where do the queries lie?
    await page.locator('#map canvas').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.described').textContent()).toMatch(/About .* · document/);
    // What does the graph look like? Seven stages, each with its state for a screen reader.
    expect(await page.locator('.graph a').count()).toBe(7);
    await page.getByRole('link', { name: /^model ?train · / }).focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.stage-details').textContent()).toContain('model.safetensors');

    expect(complaints).toEqual([]);
    expect(requests.filter((request) => !request.startsWith('data:'))).toEqual([address]);
  });

  it('shows both lists of a query with the relevant documents marked, and a link shows the same again', async () => {
    const { page, complaints } = await open(address);
    const won = await page.locator('.queries .query').count();
    await page.getByLabel(/^lost most/).check();
    const lost = await page.locator('.queries .query').count();
    expect(won + lost).toBeGreaterThan(0);
    if (lost === 0) await page.getByLabel(/^won most/).check();
    const query = page.locator('.queries .query').first();
    const question = await query.locator('.question').textContent();
    await query.locator('summary').click();
    expect(await query.locator('h3').allTextContents()).toEqual(['model', 'BM25']);
    expect(await query.locator('.ranked ol').first().locator('li').count()).toBe(10);
    expect(await query.locator('.relevant').first().textContent()).toContain('✓');
    // Markup in texts is text.
    expect(await page.locator('script[src], b').count()).toBe(0);

    const again = await open(page.url());
    expect(await again.page.locator('details[open] .question').textContent()).toBe(question);
    expect(await again.page.locator('.queries .ranked ol').count()).toBe(2);
    expect([...complaints, ...again.complaints]).toEqual([]);
  });

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
  ] as const)('is accessible and fits the window: %s, %i pixels', async (colorScheme, width) => {
    const { page } = await open(address, {
      colorScheme,
      viewport: { width, height: 800 },
    });
    for (const details of await page.locator('details:not([open]) > summary').all())
      if (await details.isVisible()) await details.click();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  });
});

describe.skipIf(!CHROMIUM)(`the report of a run without results, ${IN_CHROMIUM}`, () => {
  it('says why a run failed, with the last lines that the stage printed', async () => {
    const rig = makeRig();
    rig.write({
      's.yaml': `name: broken
stages:
  good: { uses: command, with: { run: 'echo > $OUTPUT/x' } }
  bad: { uses: command, inputs: { good: good }, with: { run: 'echo the last words >&2; exit 3' } }
  after: { uses: command, inputs: { bad: bad }, with: { run: 'echo > $OUTPUT/x' } }
`,
    });
    expect((await rig.run('s.yaml')).code).toBe(1);
    for (const what of ['latest', 's.yaml']) {
      const { page, complaints } = await open(await reported(rig, what));
      expect(await page.locator('h1').textContent()).toContain('failed');
      expect(await page.locator('#warnings').textContent()).toContain('the last words');
      expect(await page.locator('#metrics').textContent()).toMatch(
        /No stage of this run has a result|Its stages report/,
      );
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
    }
  });

  it('shows a spec that was never run, and a run whose artifacts are gone', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': "name: s\nstages: { a: { uses: command, with: { run: 'echo > $OUTPUT/x' } } }\n" });
    const before = await open(await reported(rig, 's.yaml'));
    expect(await before.page.locator('h1').textContent()).toContain('unfinished');
    expect(await before.page.locator('#stages').textContent()).toContain('no result yet');
    await rig.run('s.yaml');
    rmSync(join(rig.folder, 'artifacts', 'command'), { recursive: true, force: true });
    const after = await open(await reported(rig, 'latest'));
    expect(await after.page.locator('.page-head').textContent()).toContain(
      'no longer has the artifacts of a',
    );
    expect([...before.complaints, ...after.complaints]).toEqual([]);
  });
});

describe.skipIf(!CHROMIUM)(`the report of a sweep, ${IN_CHROMIUM}`, () => {
  it('ranks the configurations with their uncertainty and shows what each parameter does', async () => {
    const rig = scoredSweep((spec) =>
      spec
        .replace(
          / {2}experiments:[\s\S]*? {2}repeat/,
          '  grid: { model.params.margin: [0.2, 0.5, 0.8] }\n  repeat',
        )
        .replace(/ {2}baseline.*\n/, ''),
    );
    expect((await rig.pipeline('sweep', 's.yaml')).code).toBe(0);
    const { stdout } = await rig.pipeline('runs', '--json', '--all');
    const { runs } = JSON.parse(stdout) as { runs: { sweep: { id: string } }[] };
    const { sweep } = runs[0]!;
    const { page, complaints } = await open(await reported(rig, sweep.id));
    const rows = page.getByRole('table', { name: 'Configurations, best first' }).locator('tbody tr');
    expect(await rows.locator('th').allTextContents()).toEqual(['margin=0.8', 'margin=0.5', 'margin=0.2']);
    expect(await rows.first().textContent()).toContain('best');
    expect(await page.locator('#ranking svg .interval').count()).toBe(3);
    expect(await page.locator('#effects svg[role=img]').count()).toBe(2);
    expect(await page.locator('#parallel .configuration').count()).toBe(3);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'the best in detail' }).click();
    expect(await page.locator('h1').textContent()).toContain('tiny');
    expect(complaints).toEqual([]);
  });

  it('shows the present results of a spec that declares one, before and after it ran', async () => {
    const rig = scoredSweep();
    const before = await open(await reported(rig, 's.yaml'));
    expect(await before.page.locator('.page-head').textContent()).toContain(
      '3 of 3 configurations have no result yet',
    );
    expect((await rig.pipeline('sweep', 's.yaml')).code).toBe(0);
    const { page, complaints } = await open(await reported(rig, 's.yaml'));
    const rows = page.getByRole('table', { name: 'Configurations, best first' }).locator('tbody tr');
    expect(await rows.locator('th').allTextContents()).toEqual(['wide', 'plain', 'narrow']);
    expect(await rows.nth(1).textContent()).toContain('baseline');
    await page.getByRole('link', { name: 'the best in detail' }).click();
    expect(await page.locator('#spec').textContent()).toContain('margin: 0.9');
    expect([...before.complaints, ...complaints]).toEqual([]);
  });
});
