import { spawn } from 'node:child_process';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thisProcess } from '../../src/base/owner.ts';
import { lockOr, tryLock } from '../../src/store/lock.ts';
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

  it('of another host are respected until they are no longer renewed', () => {
    const path = join(temporaryFolder(), 'k');
    writeFileSync(path, JSON.stringify({ ...thisProcess(), host: 'elsewhere' }));
    expect(tryLock(path)).toBeUndefined();
    const long = Date.now() / 1000 - 120;
    utimesSync(path, long, long);
    expect(tryLock(path)).toBeDefined();
  });

  it('wait for a living holder, and no longer than until what they wanted is there', async () => {
    const path = join(temporaryFolder(), 'k');
    const held = tryLock(path)!;
    let result: string | undefined;
    let waits = 0;
    const claim = lockOr(path, () => result, { onWait: () => (waits += 1), signal: never });
    setTimeout(() => {
      result = 'made by the other';
      held.release();
    }, 150);
    expect(await claim).toEqual({ found: 'made by the other' });
    expect(waits).toBe(1);
    expect(existsSync(path)).toBe(false);
  });
});
