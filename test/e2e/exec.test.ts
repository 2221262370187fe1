/** `pipeline exec`: one stage of a run, executed from a file by a process that knows nothing else. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Executor } from '../../src/execute/executor.ts';
import { readTaskResult, writeTask, type TaskFiles } from '../../src/execute/executors/task.ts';
import { takeTask } from '../../src/execute/executors/task-list.ts';
import { eventReader } from '../../src/execute/executors/task-events.ts';
import { storeLayout } from '../../src/store/layout.ts';
import { localStore } from '../../src/store/local/local-store.ts';
import { eventually } from '../helpers/eventually.ts';
import { makeRig, type Rig } from '../helpers/rig.ts';
import { runSpec } from '../helpers/run-spec.ts';

const SPEC = `
name: handed
stages:
  one: { uses: command, with: { run: 'cat one.txt > $OUTPUT/a; echo printed', deps: [one.txt] } }
  two: { uses: command, inputs: { in: one }, with: { run: 'cat $INPUT_IN/a $INPUT_IN/a > $OUTPUT/b' } }
`;

function project(spec = SPEC): Rig {
  const rig = makeRig();
  rig.write({ 's.yaml': spec, 'one.txt': '1\n' });
  return rig;
}

/** Hands every job to `pipeline exec`, and believes what its result file says. */
function byCommand(rig: Rig, tasks: TaskFiles[], ...flags: string[]) {
  return ({ layout, project }: { layout: ReturnType<typeof storeLayout>; project: string }): Executor => ({
    name: 'by-command',
    async run(job) {
      const files = writeTask(layout, { format: 1, project, job });
      tasks.push(files);
      await rig.pipeline('exec', '--task', files.task, ...flags);
      return readTaskResult(files)!.result;
    },
  });
}

/** A task of the spec's first stage that nobody has executed yet. */
async function taskOf(rig: Rig): Promise<TaskFiles> {
  return (await tasksOf(rig))[0]!;
}

/** Tasks of the stages without inputs, in their order. */
async function tasksOf(rig: Rig): Promise<TaskFiles[]> {
  const layout = storeLayout(join(rig.folder, 'artifacts'));
  const tasks: TaskFiles[] = [];
  await runSpec(join(rig.folder, 's.yaml'), {
    layout,
    store: localStore(layout),
    executor: ({ project }) => ({
      name: 'keeps',
      run(job) {
        tasks.push(writeTask(layout, { format: 1, project, job }));
        return Promise.resolve({ state: 'stopped' });
      },
    }),
  });
  return tasks;
}

describe('pipeline exec', () => {
  it('makes the same artifacts as a run that executes its stages itself', async () => {
    const local = project();
    await local.pipeline('run', 's.yaml');
    const rig = project();
    const layout = storeLayout(join(rig.folder, 'artifacts'));
    const tasks: TaskFiles[] = [];
    const { digests } = await runSpec(join(rig.folder, 's.yaml'), {
      layout,
      store: localStore(layout),
      executor: byCommand(rig, tasks),
    });
    expect(digests).toEqual(await local.digests('s.yaml'));
    const events = eventReader(tasks[0]!.events).read();
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['began', 'started', 'log']));
    expect(events).toContainEqual(expect.objectContaining({ type: 'log', message: 'printed' }));
  });

  it('does nothing where the artifact is there already', async () => {
    const rig = project();
    const files = await taskOf(rig);
    await rig.pipeline('run', 's.yaml');
    expect((await rig.pipeline('exec', '--task', files.task)).code).toBe(0);
    expect(readTaskResult(files)!.result).toMatchObject({ state: 'found' });
  });

  it('reports a result when it is in the remote store, and uploads nothing with --no-push', async () => {
    const rig = project();
    rig.write({ 'remote/keep': '' });
    const files = await taskOf(rig);
    const flags = ['--remote', pathToFileURL(join(rig.folder, 'remote')).href];
    const entries = join(rig.folder, 'remote/ac/command');
    await rig.pipeline('exec', '--task', files.task, ...flags, '--no-push');
    expect(existsSync(entries)).toBe(false);
    rmSync(files.result);
    rmSync(join(rig.folder, 'artifacts/command'), { recursive: true });
    expect((await rig.pipeline('exec', '--task', files.task, ...flags)).code).toBe(0);
    const [entry] = readdirSync(entries);
    expect(statSync(join(entries, entry!)).mtimeMs).toBeLessThanOrEqual(statSync(files.result).mtimeMs);
  });

  it('ends with 1 where the stage fails, and reports the failure', async () => {
    const rig = project(`name: s\nstages: { one: { uses: command, with: { run: 'echo why; exit 3' } } }\n`);
    const files = await taskOf(rig);
    const { code, stderr } = await rig.pipeline('exec', '--task', files.task);
    expect(code).toBe(1);
    expect(stderr).toContain("'one' failed");
    expect(readTaskResult(files)!.result).toMatchObject({ state: 'failed', failure: { output: ['why'] } });
  });

  it('refuses a job of other code with 3 and the command that mends it', async () => {
    const rig = project();
    const files = await taskOf(rig);
    writeFileSync(
      files.task,
      readFileSync(files.task, 'utf8').replace(/("code":")[0-9a-f]{8}/g, '$100000000'),
    );
    const { code, stderr } = await rig.pipeline('exec', '--task', files.task);
    expect(code).toBe(3);
    expect(stderr).toContain('E_VERSION');
    expect(stderr).toContain('npm run build');
  });

  it('refuses files that are not those of the plan with 3', async () => {
    const rig = project();
    const files = await taskOf(rig);
    rig.write({ 'one.txt': 'other\n' });
    expect((await rig.pipeline('exec', '--task', files.task)).code).toBe(3);
    expect(readTaskResult(files)!.result).toMatchObject({ state: 'changed', when: 'before' });
  });

  it('stops the stage at SIGTERM, leaves no result, and can be started again', async () => {
    const rig = project(
      `name: s\nstages: { one: { uses: command, with: { run: 'touch begun; test -e go || sleep 60; echo 1 > $OUTPUT/a' } } }\n`,
    );
    const files = await taskOf(rig);
    const { child, finished } = rig.start('exec', '--task', files.task);
    await eventually('the stage begins', () => existsSync(join(rig.folder, 'begun')));
    child.kill('SIGTERM');
    expect((await finished).code).toBe(130);
    expect(readTaskResult(files)).toBeUndefined();
    rig.write({ go: '' });
    expect((await rig.pipeline('exec', '--task', files.task)).code).toBe(0);
  });

  it('says at SIGUSR1 that the time limit of the scheduler ended it', async () => {
    const rig = project(
      `name: s\nstages: { one: { uses: command, with: { run: 'touch begun; sleep 60' } } }\n`,
    );
    const files = await taskOf(rig);
    const { child, finished } = rig.start('exec', '--task', files.task);
    await eventually('the stage begins', () => existsSync(join(rig.folder, 'begun')));
    child.kill('SIGUSR1');
    expect((await finished).code).toBe(1);
    expect(readTaskResult(files)!.result).toMatchObject({ failure: { code: 'E_TIMEOUT' } });
  });

  describe('with a list', () => {
    /** The tasks of three stages, and their list. */
    async function listed(rig: Rig): Promise<{ tasks: TaskFiles[]; flags: string[] }> {
      const tasks = await tasksOf(rig);
      rig.write({ list: tasks.map(({ task }) => `${task}\n`).join('') });
      return { tasks, flags: ['exec', '--task', tasks[0]!.task, '--then', 'list', '--for', '600'] };
    }
    const three = (last: string): string =>
      `name: s\nstages:\n${['echo 0 > $OUTPUT/a', 'echo 1 > $OUTPUT/a', last]
        .map((run, n) => `  s${n}: { uses: command, with: { run: '${run}' } }\n`)
        .join('')}`;
    const states = (tasks: readonly TaskFiles[]): (string | undefined)[] =>
      tasks.map((files) => readTaskResult(files)?.result.state);

    it('goes on with the others', async () => {
      const rig = project(three('echo 2 > $OUTPUT/a'));
      const { tasks, flags } = await listed(rig);
      expect((await rig.pipeline(...flags)).code).toBe(0);
      expect(states(tasks)).toEqual(['executed', 'executed', 'executed']);
      expect((await rig.run('s.yaml')).stages).toEqual({ s0: 'cached', s1: 'cached', s2: 'cached' });
    });

    it('executes its own alone where its time is over', async () => {
      const rig = project(three('echo 2 > $OUTPUT/a'));
      const { tasks, flags } = await listed(rig);
      expect((await rig.pipeline(...flags, '--for', '0')).code).toBe(0);
      expect(states(tasks)).toEqual(['executed', undefined, undefined]);
    });

    it('takes no more after a failure', async () => {
      const rig = project(three('exit 3'));
      const { tasks, flags } = await listed(rig);
      expect((await rig.pipeline(...flags)).code).toBe(1);
      expect(states(tasks)).toEqual(['executed', undefined, 'failed']);
    });

    it('hands a stage out again at SIGUSR1 that is not its own: the time limit was not for it', async () => {
      const rig = project(three('touch begun; sleep 60'));
      const { tasks, flags } = await listed(rig);
      const { child, finished } = rig.start(...flags);
      await eventually('the last stage begins', () => existsSync(join(rig.folder, 'begun')));
      child.kill('SIGUSR1');
      expect((await finished).code).toBe(130);
      expect(states(tasks)).toEqual(['executed', undefined, 'stopped']);
    });

    it('refuses a list that is not there, or lacks its task, with 2, and takes nothing', async () => {
      const rig = project(three('echo 2 > $OUTPUT/a'));
      const { tasks, flags } = await listed(rig);
      const missing = await rig.pipeline(...flags, '--then', 'nowhere');
      expect([missing.code, missing.stderr]).toEqual([
        2,
        expect.stringMatching(/^error: the list of tasks .* cannot be read/),
      ]);
      rig.write({ list: `${tasks[1]!.task}\n` });
      const lacking = await rig.pipeline(...flags);
      expect([lacking.code, lacking.stderr]).toEqual([
        2,
        expect.stringMatching(/^error: the task .* is not in the list/),
      ]);
      expect(tasks.filter(({ taken }) => existsSync(taken))).toEqual([]);
    });

    it('does nothing where somebody has taken its task', async () => {
      const rig = project(three('echo 2 > $OUTPUT/a'));
      const { tasks, flags } = await listed(rig);
      takeTask(tasks[0]!, 2);
      expect((await rig.pipeline(...flags)).code).toBe(0);
      expect(states(tasks)).toEqual([undefined, undefined, undefined]);
    });
  });

  it('refuses a file that is no task with 2', async () => {
    const rig = project();
    const { code, stderr } = await rig.pipeline('exec', '--task', 's.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('cannot be read');
  });
});
