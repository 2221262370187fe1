// Loaded into the runner or the stage process by NODE_OPTIONS=--import. Counts the calls that change the store; at the
// call that FAULT names, it kills the process or makes the call fail. The count is deterministic, so every call can be
// tried in turn.
import { syncBuiltinESMExports } from 'node:module';
import { appendFileSync as append } from 'node:fs';
import fs from 'node:fs';
import { basename } from 'node:path';

const { where, at, what, store, count } = JSON.parse(process.env.FAULT ?? '{}');
const process_ = { 'pipeline.cjs': 'runner', 'stage-process.js': 'stage' }[basename(process.argv[1] ?? '')];

const WRITES = /[wa+]/;
const open = new Map();
let calls = 0;

/** Injects the fault at the chosen call; `part` writes the first half of the data. */
function reached(name, target, part) {
  calls += 1;
  if (count) append(count, `${name} ${target}\n`);
  if (calls !== at) return;
  if (what === 'kill') process.kill(process.pid, 'SIGKILL');
  if (what === 'torn') {
    part?.();
    process.kill(process.pid, 'SIGKILL');
  }
  if (what === 'ENOSPC') part?.();
  const errno = { ENOSPC: 28, EIO: 5, EACCES: 13 }[what];
  throw Object.assign(new Error(`${what}: injected fault, ${name} '${target}'`), {
    code: what,
    errno: -errno,
    syscall: name,
    path: target,
  });
}

const inside = (path) => typeof path === 'string' && path.startsWith(store);
const half = (data) => data.slice(0, Math.floor(data.length / 2));

function watch() {
  const wrap = (name, targetOf, partOf) => {
    const real = fs[name];
    fs[name] = (...args) => {
      const target = targetOf(args);
      if (target !== undefined) reached(name, target, partOf && (() => partOf(real, args)));
      return real(...args);
    };
  };
  const first = ([path]) => (inside(path) ? path : undefined);
  for (const name of ['mkdirSync', 'rmSync', 'rmdirSync', 'unlinkSync', 'chmodSync', 'utimesSync', 'cpSync'])
    wrap(name, first);
  wrap('renameSync', ([from, to]) => (inside(from) || inside(to) ? to : undefined));
  wrap('writeFileSync', first, (real, [path, data, options]) => real(path, half(data), options));
  const realOpen = fs.openSync;
  fs.openSync = (path, flags = 'r', mode) => {
    if (inside(path) && WRITES.test(String(flags))) reached('openSync', path);
    const descriptor = realOpen(path, flags, mode);
    if (inside(path)) open.set(descriptor, path);
    return descriptor;
  };
  const realClose = fs.closeSync;
  fs.closeSync = (descriptor) => {
    open.delete(descriptor);
    realClose(descriptor);
  };
  wrap(
    'writeSync',
    ([descriptor]) => open.get(descriptor),
    (real, [descriptor, data]) => real(descriptor, half(data)),
  );
  for (const name of ['fsyncSync', 'fsync']) wrap(name, ([descriptor]) => open.get(descriptor));
  syncBuiltinESMExports();
}

if (where !== undefined && where === process_) watch();
