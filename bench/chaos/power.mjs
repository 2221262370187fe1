// Models a power cut. strace records every call of a run; the model forgets everything that was not flushed (file
// contents without fsync, names in folders without fsync of the folder). It is checked at two moments: when an artifact
// gets its name, everything below it must be durable; when it is reported finished, its name must be durable too.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasStrace } from './syscalls.mjs';
import { makeProject, MIXED, run } from './project.mjs';

const TRACED =
  'openat,creat,mkdir,rename,renameat,renameat2,unlink,rmdir,fsync,fdatasync,write,writev,pwrite64,ftruncate,chmod,fchmod';

/** Parses `strace -f -y`: call, arguments as text, whether it succeeded. Lines of interrupted calls are joined. */
function* callsIn(text) {
  const unfinished = new Map();
  for (const line of text.split('\n')) {
    const [, pid, rest] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined) continue;
    const start = /^(.*) <unfinished \.\.\.>$/.exec(rest);
    if (start) {
      unfinished.set(pid, start[1]);
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const whole = resumed ? (unfinished.get(pid) ?? '') + resumed[1] : rest;
    const call = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(whole);
    if (call && Number(call[3]) >= 0) yield { name: call[1], args: call[2], result: whole };
  }
}

const pathsIn = (args) => [...args.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path]) => path);
const pathOfDescriptor = (args) => /^\d+<([^>]*)>/.exec(args)?.[1];

/** The model: paths whose content, and whose name in its folder, would not survive. */
class Disk {
  constructor(root) {
    this.root = root;
    this.unsafeContent = new Set();
    this.unsafeName = new Set();
  }
  inside(path) {
    return path !== undefined && path.startsWith(this.root);
  }
  written(path) {
    if (this.inside(path)) this.unsafeContent.add(path);
  }
  named(path) {
    if (this.inside(path)) this.unsafeName.add(path);
  }
  flushed(path) {
    this.unsafeContent.delete(path);
    for (const name of [...this.unsafeName]) if (dirname(name) === path) this.unsafeName.delete(name);
  }
  gone(path) {
    for (const set of [this.unsafeContent, this.unsafeName])
      for (const it of [...set]) if (it === path || it.startsWith(`${path}/`)) set.delete(it);
  }
  moved(from, to) {
    for (const set of [this.unsafeContent, this.unsafeName])
      for (const it of [...set])
        if (it === from || it.startsWith(`${from}/`)) {
          set.delete(it);
          set.add(to + it.slice(from.length));
        }
    this.named(to);
  }
  /** The paths below a folder that would be lost. */
  unsafeBelow(folder) {
    return [...this.unsafeContent, ...this.unsafeName].filter((it) => it.startsWith(`${folder}/`));
  }
}

const ARTIFACT = /\/[a-z-]+\/[0-9a-f]{64}$/;

/** Feeds one call to the model; returns what a power cut at this moment would break. */
function step(disk, seen, { name, args, result }) {
  const [first, second] = pathsIn(args);
  switch (name) {
    case 'openat':
      if (/O_CREAT/.test(args)) disk.named(/= \d+<([^>]*)>/.exec(result)?.[1] ?? first);
      return [];
    case 'mkdir':
      disk.named(first);
      return [];
    case 'write':
    case 'writev':
    case 'pwrite64':
    case 'ftruncate': {
      disk.written(pathOfDescriptor(args));
      const finished =
        /\\"type\\":\\"stage-finished\\",\\"stage\\":\\"([^\\]*)\\".*\\"path\\":\\"([^\\]*)\\"/.exec(args);
      if (!finished) return [];
      seen.finished += 1;
      const [, stage, path] = finished;
      const names = [path, dirname(path)].filter((it) => disk.unsafeName.has(it));
      return names.map((it) => `${stage} is reported finished while the name ${it} is not safe`);
    }
    case 'fsync':
    case 'fdatasync':
      seen.flushes += 1;
      disk.flushed(pathOfDescriptor(args));
      return [];
    case 'rename':
    case 'renameat':
    case 'renameat2': {
      const faults = ARTIFACT.test(second) && !second.includes('/replaced/') ? disk.unsafeBelow(first) : [];
      if (ARTIFACT.test(second)) seen.renames += 1;
      disk.moved(first, second);
      return faults.map((it) => `${second} gets its name while ${it} is not safe`);
    }
    case 'unlink':
    case 'rmdir':
      disk.gone(first);
      return [];
    default:
      return [];
  }
}

export async function power({ log = () => {} } = {}) {
  if (!hasStrace()) return [{ skipped: 'strace is missing or may not trace', bad: [] }];
  const project = makeProject(MIXED);
  const file = join(project.folder, 'calls');
  project.reset();
  const { code, stderr } = await run(project, {
    before: [
      'strace',
      '-f',
      '-y',
      '-qq',
      '-s',
      '4096',
      '-e',
      `trace=${TRACED}`,
      '-e',
      'signal=none',
      '-o',
      file,
    ],
  });
  if (code !== 0) throw new Error(`the run under strace failed: ${stderr}`);
  const disk = new Disk(project.store);
  const seen = { calls: 0, flushes: 0, renames: 0, finished: 0 };
  const bad = [];
  for (const call of callsIn(readFileSync(file, 'utf8'))) {
    seen.calls += 1;
    bad.push(...step(disk, seen, call));
  }
  if (seen.renames === 0 || seen.finished === 0) bad.push('the record holds no commit: nothing was checked');
  const row = { ...seen, bad };
  log(row);
  project.remove();
  return [row];
}
