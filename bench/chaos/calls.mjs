// Injects a fault at every call that changes the store, one call per run: killed before it, killed halfway through
// a write, or failing with ENOSPC, EIO or EACCES; in the runner and in the stage process.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { artifactFaults, leftovers, lost, sameDigests, stacks } from './check.mjs';
import { CHANGING, makeProject, run, SHIM, SMALL } from './project.mjs';

const WHATS = ['kill', 'torn', 'ENOSPC', 'EIO', 'EACCES'];

const faulty = (fault) => ({ NODE_OPTIONS: `--import=${SHIM}`, FAULT: JSON.stringify(fault) });

/** How many calls an undisturbed run makes. */
async function countCalls(project, where, args) {
  const file = join(project.folder, 'calls');
  rmSync(file, { force: true });
  await run(project, { args, env: faulty({ where, at: 0, store: project.store, count: file }) });
  return readFileSync(file, 'utf8').trim().split('\n');
}

/** A first run that is disturbed at its `at`th call, then one that is not. */
async function makeOnce(project, wanted, fault) {
  project.reset();
  const first = await run(project, { env: faulty({ ...fault, store: project.store }) });
  const faults = [...artifactFaults(project.store), ...lost(first.finished), ...stacks(first)];
  const second = await run(project);
  if (second.code !== 0) faults.push(`the next run ended with ${second.code}: ${second.stderr}`);
  const again = first.executed.filter((stage) => second.executed.includes(stage));
  if (again.length > 0) faults.push(`${again.join()} was made twice`);
  faults.push(...sameDigests(second.digests, wanted), ...artifactFaults(project.store));
  if (second.executed.length > 0) faults.push(...leftovers(project.store).map((it) => `${it} was left`));
  return { faults, first };
}

/** Everything is cached; --force is disturbed while it replaces. Afterwards nothing may be missing. */
async function replace(project, _, fault) {
  for (const name of ['tmp', 'locks']) rmSync(join(project.store, name), { recursive: true, force: true });
  await run(project);
  const first = await run(project, { args: ['--force'], env: faulty({ ...fault, store: project.store }) });
  const faults = [...artifactFaults(project.store), ...stacks(first)];
  const second = await run(project);
  if (second.code !== 0) faults.push(`the next run ended with ${second.code}: ${second.stderr}`);
  // `two` is made from the output of `one`, so only `one` must be found in every case.
  if (second.executed.includes('one')) faults.push('`one` had to be made again');
  faults.push(...artifactFaults(project.store));
  return { faults, first };
}

const SCENARIOS = [
  { name: 'making', files: SMALL, args: [], attempt: makeOnce },
  { name: 'replacing', files: CHANGING, args: ['--force'], attempt: replace },
];

/** Tries every `step`th call; returns one row per scenario, process and kind of fault. */
export async function calls({ step = 1, whats = WHATS, log = () => {} } = {}) {
  const rows = [];
  for (const { name, files, args, attempt } of SCENARIOS) {
    const project = makeProject(files);
    const { digests } = await run(project);
    for (const where of ['runner', 'stage']) {
      if (name === 'making') project.reset();
      const made = await countCalls(project, where, args);
      for (const what of whats) {
        const row = {
          scenario: name,
          process: where,
          fault: what,
          boundaries: made.length,
          tried: 0,
          bad: [],
          codes: {},
        };
        const offset = whats.indexOf(what) % step;
        for (let at = 1 + offset; at <= made.length; at += step) {
          const { faults, first } = await attempt(project, digests, { where, at, what });
          const end = first.signal ?? first.code;
          row.codes[end] = (row.codes[end] ?? 0) + 1;
          row.tried += 1;
          for (const fault of faults)
            row.bad.push(`${what} at ${where} call ${at} (${made[at - 1]}): ${fault}`);
        }
        log(row);
        rows.push(row);
      }
    }
    project.remove();
  }
  return rows;
}
