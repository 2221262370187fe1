// An S3 server for the benchmark: the one that runs at REMOTE_ENDPOINT, or moto on a free port.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';

/** Undefined where there is none. Sets the variables of AWS that the measured commands read. */
export async function openServer() {
  const given = process.env.REMOTE_ENDPOINT;
  const bucket = process.env.REMOTE_BUCKET ?? 'bench';
  process.env.AWS_ACCESS_KEY_ID ??= 'test';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'testsecret';
  process.env.AWS_REGION ??= 'us-east-1';
  const moto = given === undefined ? await startMoto() : undefined;
  const endpoint = given ?? moto?.endpoint;
  if (endpoint === undefined) return undefined;
  process.env.AWS_ENDPOINT_URL = endpoint;
  // moto takes unsigned requests; elsewhere the bucket is expected to be there.
  if (moto) await fetch(`${endpoint}/${bucket}`, { method: 'PUT' });
  return {
    name: given === undefined ? 'moto, started for this' : given,
    endpoint,
    address: `s3://${bucket}`,
    stop: () => moto?.child.kill('SIGKILL'),
  };
}

async function startMoto() {
  if (spawnSync('python3', ['-c', 'import moto.server'], { stdio: 'ignore' }).status !== 0) return undefined;
  const port = await freePort();
  const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  });
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tried = 0; tried < 300; tried++) {
    try {
      await fetch(endpoint);
      return { child, endpoint };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  child.kill('SIGKILL');
  throw new Error('moto does not answer');
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
