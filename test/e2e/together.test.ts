import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { artifactsOf, leftovers, startJob, type Job } from '../helpers/processes.ts';
import { makeRig, type Rig } from '../helpers/rig.ts';

/** Every execution adds a line to `made`: the count of executions over all runs. The first stage waits for `go`. */
const SPEC = `
name: together
stages:
  a: { uses: command, with: { run: 'echo a >> made; while [ ! -e go ]; do sleep 0.05; done; echo 1 > $OUTPUT/x' } }
  b: { uses: command, inputs: { a: a }, with: { run: 'echo b >> made; sleep 0.2; echo 2 > $OUTPUT/x' } }
  c: { uses: command, inputs: { a: a }, with: { run: 'echo c >> made; sleep 0.2; echo 3 > $OUTPUT/x' } }
  twin: { uses: command, inputs: { a: a }, with: { run: 'echo c >> made; sleep 0.2; echo 3 > $OUTPUT/x' } }
  d: { uses: command, inputs: { b: b, c: c }, with: { run: 'echo d >> made; cat $INPUT_B/x $INPUT_C/x > $OUTPUT/x' } }
`;

const waits = (job: Job): boolean => /"stage-waiting"|being made by another process/.test(job.printed());

/** Lets the first stage end once so many of the runs wait for the one that makes it. */
async function goWhenWaiting(rig: Rig, jobs: readonly Job[], waiting: number): Promise<void> {
  await eventually('the wait for the one that makes it', () => jobs.filter(waits).length >= waiting);
  rig.write({ go: '' });
}

const made = (rig: Rig): string[] => rig.read('made').trim().split('\n').sort();

describe.each([2, 8])('%d runs at once on one store', (runs) => {
  it('make each artifact once and all succeed', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': SPEC });
    const jobs = Array.from({ length: runs }, () => startJob(rig, ['run', 's.yaml', '--json']));
    await goWhenWaiting(rig, jobs, runs - 1);
    const finished = await Promise.all(jobs.map((job) => job.finished));
    expect(finished.map(({ code, stderr }) => [code, stderr])).toEqual(finished.map(() => [0, '']));
    expect(made(rig)).toEqual(['a', 'b', 'c', 'd']);
    expect(leftovers(join(rig.folder, 'artifacts'))).toEqual([]);
    expect(artifactsOf(join(rig.folder, 'artifacts'), 'command')).toHaveLength(4);
  });
});

describe('runs that need the same artifact', () => {
  it('continue after one is killed while making it', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': SPEC });
    const first = startJob(rig, ['run', 's.yaml', '--only', 'a']);
    await eventually('the first stage', () => existsSync(join(rig.folder, 'made')));
    const others = [1, 2, 3].map(() => startJob(rig, ['run', 's.yaml', '--json']));
    await eventually('the wait of the others', () => others.every(waits));
    first.child.kill('SIGKILL');
    await first.finished;
    rig.write({ go: '' });
    const finished = await Promise.all(others.map((job) => job.finished));
    expect(finished.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(made(rig)).toEqual(['a', 'a', 'b', 'c', 'd']);
  });

  it('say that they wait, and use the artifact of the other', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': SPEC });
    const jobs = [1, 2].map(() => startJob(rig, ['run', 's.yaml', '--only', 'a']));
    await goWhenWaiting(rig, jobs, 1);
    const texts = (await Promise.all(jobs.map((job) => job.finished))).map(({ stderr }) => stderr);
    const waiting = texts.find((text) => text.includes('… a  being made by another process'));
    expect(waiting).toMatch(/✔ a {2}cached/);
    expect(readFileSync(join(rig.folder, 'made'), 'utf8')).toBe('a\n');
  });
});
