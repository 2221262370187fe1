import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { doDurably, doDurablyInTurns, type DurableWork } from '../../src/base/durable.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

const WAYS: readonly [string, <T>(work: DurableWork<T>) => Promise<T>][] = [
  ['at once', (work) => Promise.resolve().then(() => doDurably(work))],
  ['in turns', doDurablyInTurns],
];

it.each(WAYS)('work that is done %s goes on when its files and folders are flushed', async (_, run) => {
  const folder = temporaryFolder();
  const file = join(folder, 'a');
  function* work(): DurableWork<string> {
    writeFileSync(file, '1');
    yield [file, folder];
    yield [];
    return 'done';
  }
  expect(await run(work())).toBe('done');
});

it.each(WAYS)('work that is done %s gets the error of a flush where it waits for it', async (_, run) => {
  const missing = join(temporaryFolder(), 'missing');
  function* work(): DurableWork<string> {
    try {
      yield [missing];
    } catch (error) {
      return (error as NodeJS.ErrnoException).code!;
    }
    return 'flushed';
  }
  expect(await run(work())).toBe('ENOENT');
});

it.each(WAYS)('an error of work that is done %s is its own', async (_, run) => {
  const file = join(temporaryFolder(), 'a');
  writeFileSync(file, '');
  function* work(): DurableWork<never> {
    yield [file];
    throw new Error('no');
  }
  await expect(run(work())).rejects.toThrow('no');
  expect(existsSync(file)).toBe(true);
});

it('lets others have their turn while work is done in turns', async () => {
  let turns = 0;
  let going = true;
  const count = (): void => {
    turns += 1;
    if (going) setImmediate(count);
  };
  setImmediate(count);
  function* work(): DurableWork<void> {
    // Longer than a turn may take.
    for (const until = Date.now() + 200; Date.now() < until;) yield [];
  }
  await doDurablyInTurns(work());
  going = false;
  expect(turns).toBeGreaterThanOrEqual(3);
});
