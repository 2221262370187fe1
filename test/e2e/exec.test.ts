/** `pipeline exec`: one stage of a run, executed from a file by a process that knows nothing else. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Executor } from '../../src/execute/executor.ts';
import { readTaskResult, writeTask, type TaskFiles } from '../../src/execute/executors/task.ts';
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
  const layout = storeLayout(join(rig.folder, 'artifacts'));
  let files: TaskFiles | undefined;
  await runSpec(join(rig.folder, 's.yaml'), {
    layout,
    store: localStore(layout),
    executor: ({ project }) => ({
      name: 'keeps',
      run(job) {
        files ??= writeTask(layout, { format: 1, project, job });
        return Promise.resolve({ state: 'stopped' });
      },
    }),
  });
  return files!;
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

  it('refuses a file that is no task with 2', async () => {
    const rig = project();
    const { code, stderr } = await rig.pipeline('exec', '--task', 's.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('cannot be read');
  });
});
