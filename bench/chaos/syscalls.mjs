// SIGKILL of the runner at every system call that changes the file system. strace counts the calls and kills at the
// chosen one, so kills also fall between the system calls of a single Node function.
import { spawnSync } from 'node:child_process';
import { artifactFaults, leftovers, lost, sameDigests } from './check.mjs';
import { makeProject, run, SMALL } from './project.mjs';

const CALLS = [
  'mkdir',
  'rename',
  'unlink',
  'rmdir',
  'fsync',
  'chmod',
  'fchmod',
  'utimensat',
  'write',
  'pwrite64',
  'close',
];

export const hasStrace = () => spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

const strace = (...args) => ['strace', '-qq', ...args];

/** How often an undisturbed run makes each call in its main thread, which writes the store. */
async function countCalls(project, file) {
  project.reset();
  await run(project, { before: strace('-c', '-U', 'name,calls', '-e', `trace=${CALLS.join()}`, '-o', file) });
  const { stdout } = spawnSync('cat', [file], { encoding: 'utf8' });
  return Object.fromEntries(
    CALLS.map((name) => [name, Number(new RegExp(`^\\s*${name}\\s+(\\d+)`, 'm').exec(stdout)?.[1] ?? 0)]),
  );
}

export async function syscalls({ step = 1, log = () => {} } = {}) {
  if (!hasStrace()) return [{ skipped: 'strace is missing or may not trace', bad: [] }];
  const project = makeProject(SMALL);
  const { digests: wanted } = await run(project);
  const counts = await countCalls(project, `${project.folder}/counts`);
  const rows = [];
  for (const [call, boundaries] of Object.entries(counts)) {
    const row = { call, boundaries, tried: 0, killed: 0, bad: [] };
    for (let at = 1; at <= boundaries; at += step) {
      project.reset();
      const inject = [
        '-e',
        `trace=${call}`,
        '-e',
        `inject=${call}:signal=KILL:when=${at}`,
        '-o',
        '/dev/null',
      ];
      const first = await run(project, { before: strace(...inject) });
      const faults = [...artifactFaults(project.store), ...lost(first.finished)];
      const second = await run(project);
      if (second.code !== 0) faults.push(`the next run ended with ${second.code}: ${second.stderr}`);
      faults.push(
        ...first.executed.filter((it) => second.executed.includes(it)).map((it) => `${it} was made twice`),
      );
      faults.push(...sameDigests(second.digests, wanted), ...artifactFaults(project.store));
      if (second.executed.length > 0) faults.push(...leftovers(project.store).map((it) => `${it} was left`));
      row.tried += 1;
      if (first.code !== 0) row.killed += 1;
      row.bad.push(...faults.map((fault) => `${call} ${at}: ${fault}`));
    }
    log(row);
    rows.push(row);
  }
  project.remove();
  return rows;
}
