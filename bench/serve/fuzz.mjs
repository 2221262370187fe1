// 100,000 malformed requests: the server has to answer afterwards, and its memory must not grow.
// node bench/serve/fuzz.mjs ADDRESS PID [COUNT]; the server has loaded collect.mjs.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { malformedRequest } from './malformed.mjs';

const AT_ONCE = 200;
const PATIENCE_MS = 200;

const megabytes = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

function send(port, bytes) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = () => {
      socket.destroy();
      resolve();
    };
    socket.setTimeout(PATIENCE_MS, end);
    socket.on('data', () => undefined);
    socket.on('error', end);
    socket.on('close', end);
    socket.end(bytes);
  });
}

/** Fractions of the requests after which memory is read: the beginning is no growth, since threads and caches start with it. */
const MARKS = [0.1, 0.25, 0.5, 0.75, 1];
/** The kernel and the server's threads need a moment to give back what was collected. */
const REST_MS = 3_000;

const rest = () => new Promise((resolve) => setTimeout(resolve, REST_MS));

/** Resolves with the memory of the process in megabytes after each of the marks: as it was, and with its garbage collected. */
export async function fuzz(address, pid, count) {
  const port = Number(new URL(address).port);
  let next = 0;
  const memory = [];
  for (const mark of MARKS) {
    const client = async () => {
      while (next < mark * count) await send(port, malformedRequest(next++));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    await rest();
    const before = megabytes(pid);
    process.kill(pid, 'SIGUSR2');
    await rest();
    memory.push({ requests: next, before, collected: megabytes(pid) });
  }
  const response = await fetch(`${address}/api/health`);
  if (response.status !== 200) throw new Error(`the server answers ${response.status}`);
  return memory;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [address, pid, count = '100000'] = process.argv.slice(2);
  console.table(await fuzz(address, Number(pid), Number(count)));
}
