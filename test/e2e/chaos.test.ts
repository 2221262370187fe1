import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const CHAOS = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'bench', 'chaos.mjs');

type Rows = readonly { readonly bad: readonly string[]; readonly [column: string]: unknown }[];

/** A few rounds of what `node bench/chaos.mjs` does at length (docs/RELIABILITY.md). */
async function chaos(kind: string, ...options: string[]): Promise<Rows> {
  const { stdout } = await promisify(execFile)(process.execPath, [CHAOS, kind, '--json', ...options]).catch(
    (error: unknown) => error as { stdout: string },
  );
  return (JSON.parse(stdout) as Record<string, Rows>)[kind]!;
}

const faults = (rows: Rows): string[] => rows.flatMap(({ bad }) => bad);
const sum = (rows: Rows, column: string): number =>
  rows.reduce((total, row) => total + (row[column] as number), 0);

describe('a run that is disturbed, and then run again, ends as an undisturbed one', () => {
  it('after kill -9 at random moments', async () => {
    const rows = await chaos('random', '--rounds', '3', '--seed', String(process.pid));
    expect(faults(rows)).toEqual([]);
    expect(sum(rows, 'rounds')).toBe(3);
  });

  it('after kill -9, or a failing write, at calls that change the store', async () => {
    const rows = await chaos('calls', '--step', '37');
    expect(faults(rows)).toEqual([]);
    expect(sum(rows, 'tried')).toBeGreaterThan(15);
  });

  it('with two, four and eight runs at once, some of them killed', async () => {
    const rows = await chaos('together', '--rounds', '1');
    expect(faults(rows)).toEqual([]);
    expect(rows.filter(({ killing }) => killing === false).map(({ executions }) => executions)).toEqual([
      4, 4, 4,
    ]);
  });
});

describe('a finished artifact', () => {
  it('is flushed before it gets its name, and its name before it is reported (needs strace)', async (context) => {
    const [row] = await chaos('power');
    if (row!['skipped'] !== undefined) return context.skip();
    expect(row!.bad).toEqual([]);
    expect(row!['renames']).toBe(6);
  });
});
