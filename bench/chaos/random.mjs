// kill -9 at random moments: of the runner, of the runner and all its descendants, or of one of these. Then the
// run is started again, sometimes killed again, and must end like an undisturbed one.
import { readdirSync, readFileSync } from 'node:fs';
import { artifactFaults, leftovers, lost, sameDigests, stacks } from './check.mjs';
import { makeProject, MIXED, run, start } from './project.mjs';

/** A small seeded generator of numbers in [0, 1): mulberry32. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** All descendants of a process. */
function descendants(pid) {
  let children = [];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    // Ended meanwhile, or no Linux.
  }
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Ended meanwhile.
  }
}

const TARGETS = ['runner', 'everything', 'stage'];

async function disturbed(project, target, delay, random) {
  const { child, finished } = start(project, ['run', project.spec, '--json', '--jobs', '2']);
  const timer = setTimeout(() => {
    const below = descendants(child.pid);
    if (target === 'runner') kill(child.pid);
    else if (target === 'everything') [child.pid, ...below].forEach(kill);
    else if (below.length > 0) kill(below[Math.floor(random() * below.length)]);
  }, delay);
  const result = await finished;
  clearTimeout(timer);
  return result;
}

/** True while some process still works on the project (an orphan). */
function orphans({ folder }) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder);
      } catch {
        return false;
      }
    });
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function round(project, wanted, duration, random) {
  project.reset();
  const faults = [];
  const finishedBefore = [];
  let interrupted = 0;
  for (let kills = 1 + Math.floor(random() * 3); kills > 0; kills--) {
    const target = TARGETS[Math.floor(random() * TARGETS.length)];
    const result = await disturbed(project, target, random() * 1.1 * duration, random);
    if (result.code !== 0) interrupted += 1;
    faults.push(...artifactFaults(project.store), ...stacks(result));
    faults.push(
      ...result.executed
        .filter((it) => finishedBefore.some(({ stage }) => stage === it))
        .map((it) => `${it} was made twice`),
    );
    finishedBefore.push(...result.finished);
    faults.push(...lost(finishedBefore));
  }
  const last = await run(project);
  if (last.code !== 0) faults.push(`the last run ended with ${last.code}: ${last.stderr}`);
  faults.push(...sameDigests(last.digests, wanted), ...artifactFaults(project.store));
  if (last.executed.length > 0) faults.push(...leftovers(project.store).map((it) => `${it} was left`));
  await pause(300);
  faults.push(...orphans(project).map((pid) => `process ${pid} is an orphan`));
  return { faults, interrupted };
}

export async function random({ rounds = 50, seed = 1, files = MIXED, log = () => {} } = {}) {
  const project = makeProject(files);
  const started = performance.now();
  const reference = await run(project, { args: ['--jobs', '2'] });
  const duration = performance.now() - started;
  if (reference.code !== 0) throw new Error(`the undisturbed run failed: ${reference.stderr}`);
  const next = generator(seed);
  const row = { rounds, stages: reference.executed.length, seed, interrupted: 0, bad: [] };
  for (let i = 0; i < rounds; i++) {
    const { faults, interrupted } = await round(project, reference.digests, duration, next);
    row.interrupted += interrupted;
    row.bad.push(...faults.map((fault) => `round ${i}: ${fault}`));
  }
  log(row);
  project.remove();
  return [row];
}
