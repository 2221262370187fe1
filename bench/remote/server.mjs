// An S3 server for the benchmark: the one that runs at REMOTE_ENDPOINT, else versitygw if it is installed, else moto.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../orchestrate/specs.mjs';
import { mkdirSync } from 'node:fs';

const { REMOTE_ENDPOINT: given, REMOTE_BUCKET: bucket = 'bench' } = process.env;

/** Undefined where there is none. Sets the variables of AWS that the measured commands read. */
export async function openServer() {
  process.env.AWS_ACCESS_KEY_ID ??= 'test';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'testsecret';
  process.env.AWS_REGION ??= 'us-east-1';
  const started = given === undefined ? await start() : undefined;
  const endpoint = given ?? started?.endpoint;
  if (endpoint === undefined) return undefined;
  process.env.AWS_ENDPOINT_URL = endpoint;
  // For servers with TLS; rclone ends over it, even without.
  if (endpoint.startsWith('http:')) delete process.env.AWS_CA_BUNDLE;
  return {
    name: given ?? `${started.name}, started for this`,
    endpoint,
    address: `s3://${bucket}`,
    stop: () => started?.child.kill('SIGKILL'),
  };
}

async function start() {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  if (isThere('versitygw', ['--version'])) {
    const folder = temporaryFolder('versitygw');
    // It keeps buckets as folders.
    mkdirSync(join(folder, bucket));
    const env = {
      ...process.env,
      ROOT_ACCESS_KEY: process.env.AWS_ACCESS_KEY_ID,
      ROOT_SECRET_KEY: process.env.AWS_SECRET_ACCESS_KEY,
    };
    const child = spawn('versitygw', ['--quiet', '--port', `127.0.0.1:${port}`, 'posix', folder], {
      stdio: 'ignore',
      env,
    });
    await answers(endpoint, child);
    return { name: 'versitygw', child, endpoint };
  }
  if (!isThere('python3', ['-c', 'import moto.server'])) return undefined;
  const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  });
  await answers(endpoint, child);
  // It takes unsigned requests.
  await fetch(`${endpoint}/${bucket}`, { method: 'PUT' });
  return { name: 'moto', child, endpoint };
}

function isThere(program, args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

async function answers(endpoint, child) {
  for (let tried = 0; tried < 300; tried++) {
    try {
      await fetch(endpoint);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  child.kill('SIGKILL');
  throw new Error(`no S3 server answers at ${endpoint}`);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
