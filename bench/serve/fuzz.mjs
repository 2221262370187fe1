// 100,000 malformed requests: the server has to answer afterwards, and its memory must not grow.
// node bench/serve/fuzz.mjs ADDRESS PID [COUNT]
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

/** Resolves with the memory of the process after a tenth of the requests, and after all, in megabytes. */
export async function fuzz(address, pid, count) {
  const port = Number(new URL(address).port);
  let next = 0;
  let early;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < count) {
        await send(port, malformedRequest(next++));
        if (next >= count / 10) early ??= megabytes(pid);
      }
    }),
  );
  const response = await fetch(`${address}/api/health`);
  if (response.status !== 200) throw new Error(`the server answers ${response.status}`);
  return { early, late: megabytes(pid) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [address, pid, count = '100000'] = process.argv.slice(2);
  console.log(await fuzz(address, Number(pid), Number(count)));
}
