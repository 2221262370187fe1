/**
 * The connection to Redis or Valkey. The libraries are loaded here and in no other way, so that a run without a queue
 * loads neither. An address may hold a password: whatever is shown of it goes through `shownAddress`.
 */
import type { Redis } from 'ioredis';
import { PipelineError } from '../../../base/diagnostic.ts';
import { reasonOf } from '../../../base/system-error.ts';

const CONNECT_MS = 5_000;
const LONGEST_PAUSE_MS = 2_000;

/** The address without user and password. The configuration has checked that it is one. */
export function shownAddress(address: string): string {
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

/** Throws `E_QUEUE` where there is no server, or none that keeps what it is given. It reconnects by itself later. */
export async function connect(address: string): Promise<Redis> {
  const redis = await openConnection(address);
  try {
    checkEviction(await redis.info('memory'), shownAddress(address));
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error instanceof PipelineError ? error : unreachable(shownAddress(address), error as Error);
  }
}

/** The same with any server. */
export async function openConnection(address: string): Promise<Redis> {
  const { Redis } = await import('./library.ts');
  const redis = new Redis(address, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    keepAlive: 10_000,
    // A command waits until the server is back: both sides are made for that.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, LONGEST_PAUSE_MS),
  });
  // Without a listener every lost connection would be printed.
  redis.on('error', () => undefined);
  try {
    await firstAnswer(redis);
    return redis;
  } catch (error) {
    redis.disconnect();
    throw unreachable(shownAddress(address), error as Error);
  }
}

/** The first error ends it: an address is more often wrong than its server slow. */
async function firstAnswer(redis: Redis): Promise<void> {
  let onError: (error: Error) => void = () => undefined;
  const refused = new Promise<never>((_, reject) => {
    onError = reject;
    redis.once('error', onError);
  });
  try {
    await Promise.race([redis.connect(), refused]);
  } finally {
    redis.off('error', onError);
    refused.catch(() => undefined);
  }
}

function unreachable(shown: string, error: Error): PipelineError {
  const refused = /NOAUTH|WRONGPASS|NOPERM/.test(error.message);
  return new PipelineError(
    'E_QUEUE',
    refused
      ? `the queue at ${shown} refuses this user or password`
      : `no queue at ${shown}: ${reasonOf(error)}`,
    {
      hint: refused
        ? 'Write the password into the address: redis://:PASSWORD@HOST:PORT, best in PIPELINE_QUEUE.'
        : 'Start Redis or Valkey there, such as `redis-server --maxmemory-policy noeviction`, and check address and firewall.',
    },
  );
}

/** Calls once for each time that the connection is lost, and once when it is back. */
export function watchConnection(redis: Redis, onChange: (state: 'lost' | 'back') => void): void {
  let isLost = false;
  redis.on('close', () => {
    if (!isLost) onChange('lost');
    isLost = true;
  });
  redis.on('ready', () => {
    if (isLost) onChange('back');
    isLost = false;
  });
}

/** A server that evicts keys would drop tasks and locks whenever its memory is full. */
function checkEviction(info: string, shown: string): void {
  const policy = evictionPolicy(info);
  if (policy === undefined || policy === 'noeviction') return;
  throw new PipelineError('E_QUEUE', `the queue at ${shown} evicts keys (maxmemory-policy ${policy})`, {
    hint: EVICTION_HINT,
  });
}

export const EVICTION_HINT =
  'Set it on the server: `redis-cli CONFIG SET maxmemory-policy noeviction`, and in its configuration file.';

/** From what the server answers to INFO; a service may not say it. */
export function evictionPolicy(info: string): string | undefined {
  return /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
}
