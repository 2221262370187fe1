// Several runs at once on one store: each artifact is made once, even if one of the runs is killed.
import { artifactFaults, leftovers, sameDigests, stacks } from './check.mjs';
import { makeProject, start } from './project.mjs';

const FILES = {
  's.yaml': `
name: together
stages:
  a: { uses: command, with: { run: 'echo a >> made; sleep 0.1; echo 1 > $OUTPUT/x' } }
  b: { uses: command, inputs: { a: a }, with: { run: 'echo b >> made; sleep 0.05; echo 2 > $OUTPUT/x' } }
  c: { uses: command, inputs: { a: a }, with: { run: 'echo c >> made; echo 3 > $OUTPUT/x' } }
  d: { uses: command, inputs: { b: b, c: c }, with: { run: 'echo d >> made; cat $INPUT_B/x $INPUT_C/x > $OUTPUT/x' } }
`,
};

const count = (names, name) => names.filter((it) => it === name).length;

async function round(project, runs, victim) {
  project.reset();
  const jobs = Array.from({ length: runs }, () => start(project, ['run', project.spec, '--json']));
  if (victim !== undefined) setTimeout(() => jobs[victim.job].child.kill('SIGKILL'), victim.after);
  const results = await Promise.all(jobs.map((job) => job.finished));
  const faults = results.flatMap(stacks);
  const survivors = results.filter(({ signal }) => signal === null);
  for (const { code, stderr, digests, failures } of survivors) {
    if (code !== 0) faults.push(`a run ended with ${code}: ${failures.join()} ${stderr}`);
    faults.push(...sameDigests(digests, survivors[0].digests));
  }
  const made = project.made();
  // What the killed run was making must be made a second time.
  const allowed = made.length - 4 <= runs - survivors.length;
  if (!allowed || ['a', 'b', 'c', 'd'].some((name) => count(made, name) < 1))
    faults.push(`made: ${made.join(' ')}`);
  faults.push(...artifactFaults(project.store));
  if (survivors.length === runs) faults.push(...leftovers(project.store).map((it) => `${it} was left`));
  return { faults, killed: runs - survivors.length, executions: made.length };
}

export async function together({ rounds = 10, log = () => {} } = {}) {
  const project = makeProject(FILES);
  const rows = [];
  for (const runs of [2, 4, 8])
    for (const killing of [false, true]) {
      const row = { runs, killing, rounds, killed: 0, artifacts: 4 * rounds, executions: 0, bad: [] };
      for (let i = 0; i < rounds; i++) {
        const victim = killing ? { job: i % runs, after: 150 + ((i * 137) % 700) } : undefined;
        const { faults, killed, executions } = await round(project, runs, victim);
        row.killed += killed;
        row.executions += executions;
        row.bad.push(...faults.map((fault) => `${runs} runs, round ${i}: ${fault}`));
      }
      log(row);
      rows.push(row);
    }
  project.remove();
  return rows;
}
