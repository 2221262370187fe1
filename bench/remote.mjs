// The remote store: what a run costs that is wholly cached there, and how fast files go up and come down, compared with
// `rclone copy` and `aws s3 cp` over the same server. REMOTE_ENDPOINT and the variables of AWS name a server that runs;
// without them, versitygw or moto is started. REMOTE_MIB is the size of the transfer (1024).
import { randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { alternate, median, once, printTable, reached, text } from './orchestrate/measure.mjs';
import { chainSpec, project, temporaryFolder } from './orchestrate/specs.mjs';
import { openServer } from './remote/server.mjs';
import { copyTools } from './peers/s3_copy.mjs';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 11);
const MIB = Number(process.env.REMOTE_MIB ?? 1024);
const TRANSFERS = Number(process.env.REMOTE_ROUNDS ?? 3);

export async function run() {
  console.log(
    `Node ${process.version}, ${cpus()[0].model}, ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}`,
  );
  const server = await openServer();
  if (!server) {
    console.log('skipped: there is no REMOTE_ENDPOINT, versitygw or moto (pip install "moto[server]")');
    return;
  }
  console.log(`server: ${server.name}\n`);
  try {
    cachedRemotely(server);
    transfer(server);
  } finally {
    server.stop();
  }
}

/** Eight stages in a row that another machine has made, with an empty store, compared with a full one. */
function cachedRemotely({ address }) {
  console.log('## 8 stages, wholly cached in the remote store\n');
  const remote = `${address}/bench-${process.pid}`;
  const chain = project('remote', chainSpec(8));
  chain.pipeline('run', 's.yaml', '--remote', remote);
  // The empty store keeps the cache of the checked spec, as the full one does.
  chain.pipeline('run', 's.yaml', '--remote', remote, '--store', 'other');
  const seconds = alternate(
    {
      'local, nothing to do': () => chain.pipeline('run', 's.yaml'),
      'remote, empty local store': () =>
        chain.pipeline('run', 's.yaml', '--remote', remote, '--store', 'other'),
    },
    ROUNDS,
  );
  const moved = readdirSync(join(chain.folder, 'other')).includes('command');
  const over = seconds['remote, empty local store'] - seconds['local, nothing to do'];
  printTable(
    ['command', `median of ${ROUNDS}`, 'over local', 'goal'],
    [
      ['local, nothing to do', text(seconds['local, nothing to do']), '', ''],
      [
        'remote, empty local store',
        text(seconds['remote, empty local store']),
        text(over),
        `≤ 150 ms over local: ${reached(over <= 0.15)}; manifests only: ${reached(!moved)}`,
      ],
    ],
  );
}

/** One artifact of two files, up and down, every byte verified. */
function transfer({ address, endpoint }) {
  console.log(`## ${MIB} MiB up and down\n`);
  const spec = project('transfer', TRANSFER);
  writeRandom(join(spec.folder, 'data'), MIB);
  spec.pipeline('run', 's.yaml');
  const tools = copyTools(endpoint);
  if (tools.length === 0) console.log('no peer: neither rclone nor aws is installed\n');
  const folder = temporaryFolder('copied');
  const ours = { up: [], down: [] };
  const peers = tools.map((tool) => ({ ...tool, seconds: { up: [], down: [] } }));
  for (let round = 0; round < TRANSFERS; round++) {
    const name = `transfer-${process.pid}-${round}`;
    const remote = `${address}/${name}`;
    ours.up.push(spec.pipeline('push', 's.yaml', '--remote', remote).seconds);
    const copied = (peer) => `${name}-${peer.command}`;
    for (const peer of peers)
      if (peer.up) peer.seconds.up.push(once(peer.up(join(spec.folder, 'data'), copied(peer))).seconds);
    ours.down.push(spec.pipeline('pull', 's.yaml', '--remote', remote, '--store', 'pulled').seconds);
    rmSync(join(spec.folder, 'pulled'), { recursive: true, force: true });
    for (const peer of peers) {
      peer.seconds.down.push(once(peer.down(copied(peer), folder)).seconds);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    }
  }
  const rate = (seconds) => `${Math.round(MIB / seconds)} MiB/s`;
  const rows = [];
  for (const way of ['up', 'down']) {
    const own = median(ours[way]);
    rows.push([way === 'up' ? 'pipeline push' : 'pipeline pull', text(own), rate(own), '', '']);
    for (const { name, seconds } of peers) {
      if (seconds[way].length === 0) continue;
      const theirs = median(seconds[way]);
      const of = `${(own / theirs).toFixed(2)} ×`;
      rows.push([
        `${name}, ${way}`,
        text(theirs),
        rate(theirs),
        of,
        `≤ 1.3 ×: ${reached(own <= 1.3 * theirs)}`,
      ]);
    }
  }
  printTable(['command', `median of ${TRANSFERS}`, 'rate', 'ours / theirs', 'goal'], rows);
}

/** The stage declares no files: planning would hash them, which is no part of a transfer. */
const TRANSFER = `name: transfer
stages:
  copy: { uses: command, with: { run: 'cp data/* $OUTPUT/' } }
`;

/** Two files of random bytes: one of three quarters, one of the rest. */
function writeRandom(folder, mebibytes) {
  mkdirSync(folder);
  const block = Buffer.alloc(1 << 20);
  const large = Math.floor((mebibytes * 3) / 4);
  for (const [name, count] of [
    ['large.bin', large],
    ['small.bin', mebibytes - large],
  ]) {
    const file = openSync(join(folder, name), 'w');
    for (let i = 0; i < count; i++) writeSync(file, randomFillSync(block));
    closeSync(file);
  }
}
