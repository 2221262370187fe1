/**
 * A real Chromium for tests of the page: Debian's (`apt-get install chromium`), or the one that CHROMIUM names. Tests
 * use `describe.skipIf(!CHROMIUM)` and say so in their names.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll } from 'vitest';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const installed = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
export const CHROMIUM: string | undefined = existsSync(installed) ? installed : undefined;
/** For the name of a group of tests. */
export const IN_CHROMIUM = `in Chromium${CHROMIUM === undefined ? ` (skipped: there is no ${installed})` : ''}`;

export interface OpenPage {
  readonly page: Page;
  /** What the page complained about: errors of scripts, and what its content policy refused. */
  readonly complaints: readonly string[];
  /** Every address that it asked for, its own first. */
  readonly requests: readonly string[];
}

/** Only so that a test that will never end says what it waits for: no test may rely on it. */
const PATIENCE_MS = 120_000;

/** Opens pages in one browser, which is closed after the tests of the file. */
export function useBrowser(): (address: string, options?: BrowserContextOptions) => Promise<OpenPage> {
  let browser: Promise<Browser> | undefined;
  afterAll(async () => {
    await (await browser)?.close();
  });
  return async (address, options = {}) => {
    browser ??= chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox', '--disable-gpu'] });
    const page = await (await browser).newPage({ viewport: { width: 1280, height: 900 }, ...options });
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(address);
    await page.waitForSelector('h1');
    return { page, complaints, requests };
  };
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds: rule and element, of everything that it can check. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // The page's content policy refuses an added script; the debugger may run one.
  await page.evaluate(readFileSync(AXE, 'utf8'));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}
