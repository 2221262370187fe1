/** Servers for tests of remote stores, each of its own on a free port of this machine, gone when the test is. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { programInPath } from '../../../src/base/program-in-path.ts';
import { EMPTY_SHA256, signed } from '../../../src/store/remote/objects/s3-signature.ts';

/** Why tests with the server are skipped; undefined where it is installed. */
const VERSITYGW = programInPath('versitygw');
export const NO_S3 = VERSITYGW
  ? undefined
  : missing('python3', ['-c', 'import moto.server'], 'versitygw or moto (pip install "moto[server]")');
/** The stricter of the two is taken where it is there. */
export const S3_NAME = VERSITYGW ? 'versitygw' : 'moto';
export const NO_NGINX = missing('nginx', ['-v'], 'nginx (apt install nginx)');

function missing(command: string, args: readonly string[], what: string): string | undefined {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0 ? undefined : `needs ${what}`;
}

/** `onTestFinished`, or what `afterAll` calls for a server that the tests of a file share. */
export type AtEnd = (work: () => void | Promise<void>) => void;

export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIDTESTKEY',
  AWS_SECRET_ACCESS_KEY: 'very-secret-access-key',
};

/** An S3 server with one bucket, `store`. Returns its endpoint. */
export async function startS3(atEnd: AtEnd = onTestFinished): Promise<string> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  if (VERSITYGW) startVersitygw(VERSITYGW, port, atEnd);
  else startProcess('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], atEnd);
  await answers(endpoint);
  const url = new URL(`${endpoint}/store`);
  const credentials = {
    accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
    secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
  };
  const request = {
    url,
    headers: {},
    payload: EMPTY_SHA256,
    region: 'us-east-1',
    credentials,
    at: Date.now(),
  };
  const made = await fetch(url, { method: 'PUT', headers: signed({ method: 'PUT', ...request }) });
  if (!made.ok) throw new Error(`no bucket: ${made.status} ${await made.text()}`);
  return endpoint;
}

/** It keeps buckets as folders. */
function startVersitygw(program: string, port: number, atEnd: AtEnd): void {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-test-'));
  atEnd(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const { AWS_ACCESS_KEY_ID: ROOT_ACCESS_KEY, AWS_SECRET_ACCESS_KEY: ROOT_SECRET_KEY } = CREDENTIALS;
  startProcess(program, ['--quiet', '--port', `127.0.0.1:${port}`, 'posix', folder], atEnd, {
    ...process.env,
    ROOT_ACCESS_KEY,
    ROOT_SECRET_KEY,
  });
}

export interface Nginx {
  readonly url: string;
  /** The folder that it serves. */
  readonly folder: string;
}

/** A plain HTTP server that takes PUT and DELETE, and lists folders as JSON. */
export async function startNginx(atEnd: AtEnd = onTestFinished): Promise<Nginx> {
  const [folder, port] = [mkdtempSync(join(tmpdir(), 'pipeline-test-')), await freePort()];
  atEnd(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const name of ['root', 'temporary', 'logs']) mkdirSync(join(folder, name));
  const configuration = join(folder, 'nginx.conf');
  writeFileSync(
    configuration,
    `daemon off; master_process off; user root; pid ${folder}/pid; error_log ${folder}/logs/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/temporary; proxy_temp_path ${folder}/temporary/p;
  fastcgi_temp_path ${folder}/temporary/f; uwsgi_temp_path ${folder}/temporary/u; scgi_temp_path ${folder}/temporary/s;
  server {
    listen 127.0.0.1:${port};
    root ${folder}/root;
    client_max_body_size 0;
    location / { dav_methods PUT DELETE; create_full_put_path on; autoindex on; autoindex_format json; }
  }
}
`,
  );
  startProcess('nginx', ['-p', folder, '-e', join(folder, 'logs', 'start.log'), '-c', configuration], atEnd);
  const url = `http://127.0.0.1:${port}`;
  await answers(url);
  return { url, folder: join(folder, 'root') };
}

/** What a proxy does to requests on their way. */
export interface Faults {
  /** Milliseconds before a request is passed on. */
  delayMs?: number;
  /** Answers this status instead, for requests that match. */
  status?: number;
  /** Ends bodies of answers after this many bytes. */
  cutAfter?: number;
  /** Only requests with this method, or whose path has this text. */
  only?: RegExp;
  /** How many requests are treated so; all where it is absent. */
  times?: number;
}

export interface FaultProxy {
  readonly url: string;
  /** May be changed at any time. */
  faults: Faults;
  /** `GET /path`, in the order in which they came. */
  readonly requests: string[];
}

/** Between a machine and a server: late, failing, or with bodies that end early. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const requests: string[] = [];
  const proxy = { faults: {} as Faults, requests, url: '' };
  const server = createServer((request, response) => {
    requests.push(`${request.method!} ${request.url!}`);
    const { faults } = proxy;
    const matches = faults.only?.test(`${request.method!} ${request.url!}`) ?? true;
    const applies = matches && (faults.times ?? Infinity) > 0;
    if (applies && faults.times !== undefined) faults.times -= 1;
    const act = applies ? { ...faults } : {};
    setTimeout(() => {
      if (act.status === undefined) passOn(target, request, response, act.cutAfter);
      else {
        request.resume();
        response.writeHead(act.status).end('<Error><Code>InternalError</Code></Error>');
      }
    }, act.delayMs ?? 0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return proxy;
}

function passOn(target: string, request: IncomingMessage, response: ServerResponse, cutAfter?: number): void {
  const { port } = new URL(target);
  // With the headers as they are: the host is among those that are signed.
  const { url: path, method, headers } = request;
  const onward = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers);
    let sent = 0;
    answer.on('data', (piece: Buffer) => {
      const part = piece.subarray(0, Math.max(0, (cutAfter ?? Infinity) - sent));
      sent += part.length;
      response.write(part);
      if (cutAfter !== undefined && sent >= cutAfter) response.destroy();
    });
    answer.on('end', () => response.end());
    answer.on('error', () => response.destroy());
  });
  onward.on('error', () => response.destroy());
  request.pipe(onward);
}

export async function freePort(): Promise<number> {
  const server = createSocketServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function startProcess(command: string, args: readonly string[], atEnd: AtEnd, env = process.env): void {
  const child = spawn(command, args, { stdio: 'ignore', env });
  atEnd(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.kill('SIGKILL')) await ended;
  });
}

async function answers(url: string): Promise<void> {
  for (let tried = 0; ; tried++) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (tried === 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
