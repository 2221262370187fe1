// What the parts of bench/serve.mjs share: the command, a server, and lines of the result.
import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const command = join(root, 'dist', 'pipeline.cjs');

export const row = (what, value, goal = '') => {
  console.log(`${what.padEnd(66)} ${value.padStart(16)}   ${goal}`);
};
export const milliseconds = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

const COLLECT = fileURLToPath(new URL('collect.mjs', import.meta.url));

/** Resolves when the server has printed its address. On SIGUSR2, it collects its garbage. */
export function serve(...args) {
  const child = spawn(process.execPath, ['--import', COLLECT, command, 'serve', ...args, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (piece) => {
      printed += piece;
      const address = /http:\S+(?=\s)/.exec(printed)?.[0].replace(/\/$/, '');
      if (address) resolve({ address, pid: child.pid, stop: () => child.kill() });
    });
    child.on('close', (code) => reject(new Error(`pipeline serve ${args.join(' ')} ended with ${code}`)));
  });
}

export function pipeline(...args) {
  const { status, stderr } = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`pipeline ${args.join(' ')}: ${stderr}`);
}
