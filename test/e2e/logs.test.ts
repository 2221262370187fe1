import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { startJob } from '../helpers/processes.ts';
import { makeRig, type Rig } from '../helpers/rig.ts';

const stage = (run: string): string => `name: logged
stages:
  made: { uses: command, with: { run: '${run}' } }
  next: { uses: command, inputs: { made: made }, with: { run: 'echo next; echo > $OUTPUT/x' } }
`;

function rigWith(run: string): Rig {
  const rig = makeRig();
  rig.write({ 's.yaml': stage(run) });
  return rig;
}

describe('a failed run', () => {
  const failing = 'for i in $(seq 30); do echo line $i; done; echo broken >&2; exit 3';

  it('shows the last lines of the failed stage and the path of its log', async () => {
    const rig = rigWith(failing);
    expect((await rig.pipeline('run', 's.yaml')).code).toBe(1);
    const { stdout } = await rig.pipeline('show', 'latest', 'made');
    expect(stdout).toContain('  │ line 30\n  │ broken\n');
    expect(stdout).not.toContain('line 10\n');
    const [, log] = /^ {2}log (.*)$/m.exec(stdout)!;
    expect(log).toBe(join(rig.folder, 'artifacts', 'logs', log!.split('/').at(-1)!));
    expect(rig.read(`artifacts/logs/${log!.split('/').at(-1)!}`)).toContain('line 1\nline 2\n');
    const shown = JSON.parse((await rig.pipeline('show', 'latest', '--json')).stdout) as {
      stages: { made: { output: string[] } };
    };
    expect(shown.stages.made.output.at(-1)).toBe('broken');
  });

  it('keeps the stack of an unexpected error, which the run itself does not print', async () => {
    const rig = makeRig();
    rig.write({
      'kind.js': `export const stage = { description: 'Fails.', parameters: { type: 'object' }, inputs: {}, output: 'files',
        async run({ log, warn }) { log('said'); warn('warned'); console.log('before'); null.x; } };`,
      's.yaml': 'stages: { bad: { uses: ./kind.js } }\n',
    });
    await rig.pipeline('run', 's.yaml');
    const { stdout } = await rig.pipeline('show', 'latest', 'bad');
    expect(stdout).toContain('│ before\n');
    expect(stdout).toContain('│ said\n  │ warning: warned\n');
    expect(stdout).toMatch(/│ TypeError: Cannot read properties of null/);
  });
});

describe('pipeline logs', () => {
  it('prints all that a stage printed in its latest execution, by spec and by run', async () => {
    const rig = rigWith('for i in $(seq 30); do echo line $i; done; echo > $OUTPUT/x');
    await rig.pipeline('run', 's.yaml');
    const { code, stdout, stderr } = await rig.pipeline('logs', 's.yaml', 'made');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')).toHaveLength(31);
    expect((await rig.pipeline('logs', 'latest', 'made')).stdout).toBe(stdout);
    expect((await rig.pipeline('logs', 'latest', 'next')).stdout).toBe('next\n');
    // Nothing runs: there is nothing to follow.
    expect((await rig.pipeline('logs', 's.yaml', 'made', '-f')).stdout).toBe(stdout);
  });

  it('prints the log of a stage that failed', async () => {
    const rig = rigWith('echo alas; exit 3');
    await rig.pipeline('run', 's.yaml');
    expect((await rig.pipeline('logs', 's.yaml', 'made')).stdout).toContain('alas\n');
    expect((await rig.pipeline('logs', 'latest', 'made')).stdout).toContain('alas\n');
  });

  it('-f prints what a running stage prints, and ends when it ends', async () => {
    const rig = rigWith('echo one; while ! test -e two; do sleep 0.05; done; echo two; echo > $OUTPUT/x');
    const run = startJob(rig, ['run', 's.yaml', '--until', 'made']);
    await eventually('the start', () => run.printed().includes('made: one'));
    const logs = startJob(rig, ['logs', 's.yaml', 'made', '-f']);
    await eventually('the first line', () => logs.printed() === 'one\n');
    writeFileSync(join(rig.folder, 'two'), '');
    expect(await logs.finished).toMatchObject({ code: 0, stdout: 'one\ntwo\n', stderr: '' });
    expect((await run.finished).code).toBe(0);
  });

  it('-f ends with 130 on Ctrl-C, and the stage goes on', async () => {
    const rig = rigWith('echo one; while ! test -e two; do sleep 0.05; done; echo > $OUTPUT/x');
    const run = startJob(rig, ['run', 's.yaml', '--until', 'made']);
    await eventually('the start', () => run.printed().includes('made: one'));
    const logs = startJob(rig, ['logs', 's.yaml', 'made', '-f']);
    await eventually('the first line', () => logs.printed() === 'one\n');
    logs.signal('SIGINT');
    expect((await logs.finished).code).toBe(130);
    writeFileSync(join(rig.folder, 'two'), '');
    expect((await run.finished).code).toBe(0);
  });

  it('-f says so when a further attempt begins the log anew', async () => {
    const rig = makeRig();
    rig.write({
      's.yaml': `stages:
  made:
    uses: command
    retries: { count: 1, delay: 1 }
    with: { run: 'if test -e tried; then echo second; while ! test -e go; do sleep 0.05; done; echo > $OUTPUT/x; else echo first; touch tried; while ! test -e fail; do sleep 0.05; done; exit 1; fi' }
`,
    });
    const run = startJob(rig, ['run', 's.yaml']);
    await eventually('the start', () => run.printed().includes('made: first'));
    const logs = startJob(rig, ['logs', 's.yaml', 'made', '-f']);
    await eventually('the first line', () => logs.printed().includes('first\n'));
    writeFileSync(join(rig.folder, 'fail'), '');
    await eventually('the second attempt', () => logs.printed().includes('second\n'));
    writeFileSync(join(rig.folder, 'go'), '');
    const { code, stderr } = await logs.finished;
    expect([code, stderr]).toEqual([0, "the log of 'made' begins anew: another attempt or another run\n"]);
    await run.finished;
  });

  it('says what to do about a stage that is unknown, was not executed, or whose log is gone', async () => {
    const rig = rigWith('echo one; echo > $OUTPUT/x');
    const unknown = await rig.pipeline('logs', 's.yaml', 'mad');
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      "error: there is no stage 'mad'\nhint: Did you mean 'made'?\n",
    ]);
    const never = await rig.pipeline('logs', 's.yaml', 'made');
    expect(never.code).toBe(2);
    expect(never.stderr).toContain("'made' has not been executed");
    expect(never.stderr).toContain('Run `pipeline run s.yaml` first');
    await rig.pipeline('run', 's.yaml', '--until', 'made');
    const skipped = await rig.pipeline('logs', 'latest', 'next');
    expect(skipped.stderr).toContain("'next' was not executed in the run");
    rmSync(join(rig.folder, 'artifacts', 'logs'), { recursive: true });
    expect((await rig.pipeline('logs', 's.yaml', 'made')).stderr).toContain("the log of 'made' is not there");
  });
});
