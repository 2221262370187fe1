/** A real Redis or Valkey server on a free port of this machine, gone when the test is. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { programInPath } from '../../src/base/program-in-path.ts';
import { eventually } from './eventually.ts';
import { temporaryFolder } from './run-kind.ts';

/** Tests of the queue run with `describe.skipIf(!REDIS)` and say so in their names. */
export const REDIS = programInPath('redis-server') ?? programInPath('valkey-server');

export interface RedisServer {
  readonly url: string;
  /** For what a test does to the server; the product has connections of its own. */
  readonly client: Redis;
  /** `kill -9`. Nothing of what it held is on a disk. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

export async function startRedis(
  { options = [], user = '' } = {} as {
    readonly options?: readonly string[];
    /** `:password` where the options ask for one. */
    readonly user?: string;
  },
): Promise<RedisServer> {
  const port = await freePort();
  const folder = temporaryFolder();
  const url = `redis://${user === '' ? '' : `${user}@`}127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const start = async (): Promise<void> => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder, ...options];
    const started = spawn(REDIS!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    let printed = '';
    for (const stream of [started.stdout, started.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await eventually('the start of the server', () => {
      if (started.exitCode !== null) throw new Error(`it has ended: ${printed}`);
      return printed.includes('eady to accept connections');
    });
  };
  await start();
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  onTestFinished(async () => {
    client.disconnect();
    await kill();
  });
  return { url, client, kill, start };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
