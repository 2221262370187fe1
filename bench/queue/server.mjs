// A Redis or Valkey server and workers for a benchmark, on this machine, ended with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../orchestrate/specs.mjs';

const COMMAND = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'dist', 'pipeline.js');
const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/** Resolves when it has printed the text. Rejects where the program is missing or ends first. */
async function started(program, args, text, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  children.add(child);
  child.printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more) => (child.printed += more));
  await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => {
      children.delete(child);
      reject(new Error(`${program} has ended: ${child.printed}`));
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', () => {
        if (child.printed.includes(text)) resolve();
      });
  });
  return child;
}

/** A new server, or undefined where none is installed. */
export async function startServer() {
  const port = await freePort();
  const args = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--dir', temporaryFolder('redis')];
  for (const program of ['redis-server', 'valkey-server']) {
    try {
      const child = await started(program, args.map(String), 'eady to accept connections');
      return { url: `redis://127.0.0.1:${port}`, child };
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

export function startWorker(url, folder) {
  const args = [COMMAND, 'worker', '--queue', url, '--store', join(folder, 'artifacts'), '--project', folder];
  return started(process.execPath, args, 'ready;', { cwd: folder });
}

/** `kill -9`, or an end in good order. */
export async function end(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Starts a run without waiting for it. */
export function startRun(folder, ...args) {
  const child = spawn(process.execPath, [COMMAND, 'run', 's.yaml', ...args], {
    cwd: folder,
    stdio: 'ignore',
  });
  children.add(child);
  return child;
}

export async function until(what) {
  while (!what()) await sleep(10);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
