import { spawn } from 'node:child_process';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseOwner, thisProcess } from '../../src/base/owner.ts';
import { lockOr, tryLock } from '../../src/store/lock.ts';
import { timeThatSleepMoves } from '../helpers/clock.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

const never = new AbortController().signal;

describe('locks', () => {
  it('are held by one at a time and free again when released', () => {
    const path = join(temporaryFolder(), 'locks', 'k');
    const lock = tryLock(path);
    expect(lock).toBeDefined();
    expect(tryLock(path)).toBeUndefined();
    lock!.release();
    expect(existsSync(path)).toBe(false);
    tryLock(path)!.release();
  });

  it('of a process that died are taken over at once', async () => {
    const path = join(temporaryFolder(), 'k');
    const child = spawn(process.execPath, ['-e', '']);
    const { pid } = child;
    await once(child, 'exit');
    writeFileSync(path, JSON.stringify({ ...thisProcess(), pid }));
    const lock = tryLock(path);
    expect(lock).toBeDefined();
    lock!.release();
  });

  it('of a process whose number was used again are taken over', () => {
    const path = join(temporaryFolder(), 'k');
    writeFileSync(path, JSON.stringify({ ...thisProcess(), started: '1' }));
    expect(tryLock(path)).toBeDefined();
  });

  describe.each([
    ['of another host', { host: 'elsewhere' }],
    ['of another machine that bears the same name', { machine: 'other', boot: 'other' }],
    ['of another container on this machine', { namespace: 'pid:[1]' }],
  ])('%s', (_, difference) => {
    const foreign = JSON.stringify({ ...thisProcess(), pid: 2 ** 22 + 1, ...difference });
    const patience = { foreignMs: 60_000, namelessMs: 60_000 };
    const wait = (path: string): ReturnType<typeof lockOr<never>> =>
      lockOr<never>(path, () => undefined, { onWait: () => undefined, signal: never, patience });

    it.each([
      ['this clock', 0],
      ['one that is an hour ahead', 3600],
      ['one that is an hour behind', -3600],
    ])('are taken over when nobody renewed them for a while, by %s', async (__, ahead) => {
      const path = join(temporaryFolder(), 'k');
      writeFileSync(path, foreign);
      const modified = Date.now() / 1000 + ahead;
      utimesSync(path, modified, modified);
      expect(tryLock(path)).toBeUndefined();
      const time = timeThatSleepMoves();
      expect('lock' in (await wait(path))).toBe(true);
      expect(time.elapsed()).toBeGreaterThan(patience.foreignMs);
    });

    it('are taken over at once where somebody knows that their holder has died', async () => {
      const path = join(temporaryFolder(), 'k');
      writeFileSync(path, foreign);
      const lost = parseOwner(foreign)!;
      const time = timeThatSleepMoves();
      const options = { onWait: () => undefined, signal: never, patience };
      expect('lock' in (await lockOr<never>(path, () => undefined, { ...options, lost }))).toBe(true);
      expect(time.elapsed()).toBe(0);
    });

    it('are respected as long as they are renewed', async () => {
      const path = join(temporaryFolder(), 'k');
      writeFileSync(path, foreign);
      const lastRenewal = 2 * patience.foreignMs;
      const time = timeThatSleepMoves((elapsed) => {
        if (elapsed <= lastRenewal) utimesSync(path, elapsed, elapsed);
      });
      expect('lock' in (await wait(path))).toBe(true);
      expect(time.elapsed()).toBeGreaterThan(lastRenewal + patience.foreignMs);
    });
  });

  it('of a process that lives here are respected, whatever others know of it', async () => {
    const path = join(temporaryFolder(), 'k');
    const lock = tryLock(path)!;
    const stop = new AbortController();
    const onWait = (): void => {
      stop.abort();
    };
    const options = { onWait, signal: stop.signal, lost: thisProcess() };
    await expect(lockOr<never>(path, () => undefined, options)).rejects.toThrow();
    lock.release();
  });

  it('whose holder died before it could write its name are taken over after a moment', async () => {
    const path = join(temporaryFolder(), 'k');
    writeFileSync(path, '');
    expect(tryLock(path)).toBeUndefined();
    const patience = { foreignMs: 60_000, namelessMs: 5_000 };
    const time = timeThatSleepMoves();
    const claim = await lockOr(path, () => undefined, {
      onWait: () => undefined,
      signal: never,
      patience,
    });
    expect('lock' in claim).toBe(true);
    expect(time.elapsed()).toBeGreaterThan(patience.namelessMs);
  });

  it('that somebody else took over meanwhile are not released by the first holder', () => {
    const path = join(temporaryFolder(), 'k');
    const first = tryLock(path)!;
    const theirs = JSON.stringify({ ...thisProcess(), host: 'elsewhere' });
    writeFileSync(path, theirs);
    first.release();
    expect(readFileSync(path, 'utf8')).toBe(theirs);
  });

  it('that cannot be written say so', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => tryLock(join(file, 'locks', 'k'))).toThrow(
      /^the store cannot be locked: a file is where a folder should be$/,
    );
  });

  it('wait for a live holder, but only until the artifact exists', async () => {
    const path = join(temporaryFolder(), 'k');
    const held = tryLock(path)!;
    let result: string | undefined;
    let waits = 0;
    timeThatSleepMoves((elapsed) => {
      if (elapsed < 3_000) return;
      result = 'made by the other';
      held.release();
    });
    const claim = await lockOr(path, () => result, { onWait: () => (waits += 1), signal: never });
    expect(claim).toEqual({ found: 'made by the other' });
    expect(waits).toBe(1);
    expect(existsSync(path)).toBe(false);
  });
});
