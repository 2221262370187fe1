/**
 * One lock file per artifact being made, so that two processes that need the same artifact make it once. A lock only
 * saves work: publishing is a single rename, so even two holders do no harm.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { monotonic, now, sleep } from '../base/clock.ts';
import { PipelineError } from '../base/diagnostic.ts';
import { reasonOf } from '../base/system-error.ts';
import { namesIn } from '../base/files.ts';
import type { Key } from '../base/hash.ts';
import { isSameOwner, parseOwner, stateOf, thisProcess, type Owner } from '../base/owner.ts';
import type { StoreLayout } from './layout.ts';

/** Holders renew their locks this often. */
const RENEWAL_MS = 5_000;
const POLL_MS = 100;

export interface Patience {
  /** A lock of another host that is not renewed for this long has lost its holder. */
  readonly foreignMs: number;
  /** A lock without an owner is just being created, or its holder died while creating it. */
  readonly namelessMs: number;
}

const PATIENCE: Patience = { foreignMs: 60_000, namelessMs: RENEWAL_MS };

export interface Lock {
  release(): void;
}

/** Content and renewal time of a lock file; undefined where there is none. */
function look(path: string): { readonly text: string; readonly seen: string } | undefined {
  let descriptor: number;
  try {
    // Opening makes a network file system ask its server again.
    descriptor = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const text = readFileSync(descriptor, 'utf8');
    return { text, seen: `${fstatSync(descriptor, { bigint: true }).mtimeNs} ${text}` };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Decides whether a lock still has its holder. Where the kernel cannot be asked, the lock counts as abandoned when it
 * stays unchanged for a while on this process's monotonic clock: wall clocks differ between hosts, and jump.
 */
interface Watch {
  abandoned(path: string): boolean;
}

function newWatch(patience: Patience = PATIENCE, lost?: Owner): Watch {
  let last: { readonly seen: string; readonly since: number } | undefined;
  const unchangedFor = (seen: string): number => {
    if (last?.seen !== seen) last = { seen, since: monotonic() };
    return monotonic() - last.since;
  };
  return {
    /** Also true where the lock no longer exists. */
    abandoned(path): boolean {
      const found = look(path);
      if (!found) return true;
      const idle = unchangedFor(found.seen);
      const owner = parseOwner(found.text);
      if (!owner) return idle > patience.namelessMs;
      const state = stateOf(owner);
      if (state === 'unknown')
        return idle > patience.foreignMs || (lost !== undefined && isSameOwner(owner, lost));
      return state === 'dead';
    },
  };
}

/** Creates the lock file and returns its content, or undefined where another process has it. */
function create(path: string): string | undefined {
  mkdirSync(dirname(path), { recursive: true });
  const text = JSON.stringify({ ...thisProcess(), token: randomUUID() });
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
  try {
    writeSync(descriptor, text);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  return text;
}

const GUARD = '.takeover';

interface Guard {
  readonly watch: Watch;
  readonly guardWatch: Watch;
}

/**
 * Takes over an abandoned lock. A second lock guards this, because another process may take the lock over between the
 * decision and the removal.
 */
function takeOver(path: string, { watch, guardWatch }: Guard): string | undefined {
  const guard = `${path}${GUARD}`;
  if (create(guard) === undefined) {
    if (guardWatch.abandoned(guard)) rmSync(guard, { force: true });
    return undefined;
  }
  try {
    if (!watch.abandoned(path)) return undefined;
    rmSync(path, { force: true });
    return create(path);
  } finally {
    rmSync(guard, { force: true });
  }
}

function held(path: string, text: string): Lock {
  const renewal = setInterval(() => {
    try {
      const time = now() / 1000;
      utimesSync(path, time, time);
    } catch {
      // The store may have become read-only; the work itself will fail with the reason.
    }
  }, RENEWAL_MS);
  renewal.unref();
  return {
    release(): void {
      clearInterval(renewal);
      try {
        // Another process may have taken it over while this one was suspended: that lock has to stay.
        if (look(path)?.text === text) rmSync(path, { force: true });
      } catch {
        // Others will see that its holder is dead.
      }
    },
  };
}

function attempt(path: string, guard: Guard): Lock | undefined {
  try {
    const text = create(path) ?? (guard.watch.abandoned(path) ? takeOver(path, guard) : undefined);
    return text === undefined ? undefined : held(path, text);
  } catch (error) {
    throw new PipelineError('E_STORE', `the store cannot be locked: ${reasonOf(error)}`, {
      hint: 'Name another folder with `--store`, or free space or grant write permission in this one.',
      cause: error,
    });
  }
}

/** Whether a process holds the lock, as far as can be told from here. It takes nothing. */
export function isLocked({ locks }: StoreLayout, key: Key): boolean {
  const text = look(join(locks, key))?.text;
  const owner = text === undefined ? undefined : parseOwner(text);
  return text !== undefined && (owner === undefined || stateOf(owner) !== 'dead');
}

/** Tries once. Throws `E_STORE` where no lock can be written. */
export function tryLock(path: string): Lock | undefined {
  return attempt(path, { watch: newWatch(), guardWatch: newWatch() });
}

/** Removes the locks of dead processes of this host from a folder. Locks of other hosts are left to those who want them. */
export function clearLocks(folder: string): void {
  for (const name of namesIn(folder, 'empty')) {
    const path = join(folder, name);
    try {
      if (name.endsWith(GUARD)) {
        if (newWatch().abandoned(path)) rmSync(path, { force: true });
      } else tryLock(path)?.release();
    } catch {
      // A stale lock does no harm.
    }
  }
}

export interface LockOptions {
  readonly onWait: () => void;
  readonly signal: AbortSignal;
  readonly patience?: Patience;
  /** A process elsewhere of which somebody else knows that it has died. */
  readonly lost?: Owner | undefined;
}

/**
 * Waits for the lock, or until `finished` finds that its holder has made what was wanted. `onWait` is called once,
 * where another process holds it. Throws `E_STORE` where no lock can be written.
 */
export async function lockOr<T>(
  path: string,
  finished: () => T | undefined | Promise<T | undefined>,
  options: LockOptions,
): Promise<{ readonly lock: Lock } | { readonly found: T }> {
  const guard = { watch: newWatch(options.patience, options.lost), guardWatch: newWatch(options.patience) };
  for (let waited = false; ;) {
    const lock = attempt(path, guard);
    const found = await asked(finished, lock);
    if (found !== undefined) {
      lock?.release();
      return { found };
    }
    if (lock) return { lock };
    if (!waited) options.onWait();
    waited = true;
    await sleep(POLL_MS, options.signal);
  }
}

/** Releases the lock where the question fails. */
async function asked<T>(finished: () => T | Promise<T>, lock: Lock | undefined): Promise<T> {
  try {
    return await finished();
  } catch (error) {
    lock?.release();
    throw error;
  }
}
