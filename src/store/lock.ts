/**
 * One lock file per artifact being made, so that two processes needing the same artifact make it once. The
 * lock only saves work: a commit is a single rename, so even two holders could do no harm.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { now, sleep } from '../base/clock.ts';
import { parseOwner, stateOf, thisProcess } from '../base/owner.ts';

/** Holders renew their locks this often … */
const RENEWAL_MS = 5_000;
/** … so a lock of another host that is this old has lost its holder. */
const EXPIRY_MS = 60_000;
const POLL_MS = 100;

export interface Lock {
  release(): void;
}

function create(path: string): boolean {
  mkdirSync(dirname(path), { recursive: true });
  try {
    const descriptor = openSync(path, 'wx');
    try {
      writeSync(descriptor, JSON.stringify(thisProcess()));
    } finally {
      closeSync(descriptor);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** True when nobody holds the lock any more; also when it was released meanwhile. */
function abandoned(path: string): boolean {
  try {
    const owner = parseOwner(readFileSync(path, 'utf8'));
    const age = now() - statSync(path).mtimeMs;
    // A lock without an owner was caught between its creation and its first byte, or its holder died there.
    if (!owner) return age > RENEWAL_MS;
    const state = stateOf(owner);
    return state === 'dead' || (state === 'unknown' && age > EXPIRY_MS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

/**
 * Takes over an abandoned lock. A second lock guards the take-over, because between judging a lock abandoned
 * and removing it somebody else may have taken it over already.
 */
function takeOver(path: string): boolean {
  const guard = `${path}.takeover`;
  if (!create(guard)) {
    if (abandoned(guard)) rmSync(guard, { force: true });
    return false;
  }
  try {
    if (!abandoned(path)) return false;
    rmSync(path, { force: true });
    return create(path);
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Tries once. */
export function tryLock(path: string): Lock | undefined {
  if (!create(path) && !(abandoned(path) && takeOver(path))) return undefined;
  const renewal = setInterval(() => {
    try {
      const time = now() / 1000;
      utimesSync(path, time, time);
    } catch {
      // The store may have become unwritable; the work itself will say so.
    }
  }, RENEWAL_MS);
  renewal.unref();
  return {
    release(): void {
      clearInterval(renewal);
      rmSync(path, { force: true });
    },
  };
}

/**
 * Waits for the lock, or until `finished` says that whoever held it has made what we wanted.
 * `onWait` is called once, when there is somebody to wait for.
 */
export async function lockOr<T>(
  path: string,
  finished: () => T | undefined,
  options: { readonly onWait: () => void; readonly signal: AbortSignal },
): Promise<{ readonly lock: Lock } | { readonly found: T }> {
  for (let waited = false; ;) {
    const lock = tryLock(path);
    const found = finished();
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
