/** Runs through a real Slurm cluster of one node: the same results as on one machine, and the same words. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/eventually.ts';
import { artifactsOf, leftovers, startJob, type Job } from '../../helpers/processes.ts';
import { COMMAND, makeRig, type Rig } from '../../helpers/rig.ts';
import { slurmMissing } from '../../helpers/slurm.ts';
import { useSlurm } from '../../helpers/use-slurm.ts';

const SPEC = `
name: shared
stages:
  one: { uses: command, with: { run: 'cat one.txt > $OUTPUT/a; echo printed', deps: [one.txt] } }
  left: { uses: command, inputs: { in: one }, with: { run: 'echo left | cat $INPUT_IN/a - > $OUTPUT/b' } }
  right: { uses: command, inputs: { in: one }, with: { run: 'echo right | cat $INPUT_IN/a - > $OUTPUT/b' } }
  both: { uses: command, inputs: { l: left, r: right }, with: { run: 'cat $INPUT_L/b $INPUT_R/b > $OUTPUT/c' } }
`;

const missing = slurmMissing();
const SKIPPED = missing === undefined ? '' : ` (${missing})`;

describe.skipIf(missing !== undefined)(`pipeline run --executor slurm${SKIPPED}`, () => {
  const cluster = useSlurm();

  function project(spec = SPEC): Rig {
    const rig = makeRig({ ...cluster().environment, PIPELINE_EXECUTOR: 'slurm' });
    rig.write({ 's.yaml': spec, 'one.txt': '1\n' });
    return rig;
  }

  const begin = (rig: Rig, ...args: string[]): Job =>
    startJob(rig, args, { ...cluster().environment, PIPELINE_EXECUTOR: 'slurm' });

  /** The names of the jobs that the stages were submitted as. An array's ends with its size. */
  const submitted = (rig: Rig): string[] => {
    const tasks = join(rig.folder, 'artifacts', 'tasks');
    return readdirSync(tasks, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.slurm.json'))
      .map((name) => (JSON.parse(readFileSync(join(tasks, name), 'utf8')) as { name: string }).name);
  };

  /** The jobs that the cluster has in its queue. */
  const jobs = (): string[] =>
    cluster()
      .command('squeue', '-h', '-r', '-o', '%i')
      .split('\n')
      .filter((line) => line !== '');

  it('gives the digests of a local run, and finds everything cached afterwards', async () => {
    const local = makeRig();
    local.write({ 's.yaml': SPEC, 'one.txt': '1\n' });
    await local.pipeline('run', 's.yaml');
    const rig = project();
    const { code, stages, events } = await rig.run('s.yaml');
    expect({ code, stages }).toEqual({
      code: 0,
      stages: { one: 'finished', left: 'finished', right: 'finished', both: 'finished' },
    });
    expect(await rig.digests('s.yaml')).toEqual(await local.digests('s.yaml'));
    const first = events.filter(({ stage }) => stage === 'one').map(({ type }) => type);
    expect(first.at(-1)).toBe('stage-finished');
    expect(first).toEqual(expect.arrayContaining(['stage-started', 'stage-log']));
    expect((await rig.run('s.yaml')).stages).toMatchObject({ one: 'cached', both: 'cached' });
    expect((await rig.pipeline('logs', 's.yaml', 'one')).stdout).toBe('printed\n');
    expect(leftovers(join(rig.folder, 'artifacts'))).toEqual([]);
  });

  it('submits stages of equal resources that are ready together as one array', async () => {
    const lines = Array.from(
      { length: 6 },
      (_, n) => `  s${n}: { uses: command, with: { run: 'echo ${n} > $OUTPUT/a' } }`,
    );
    const rig = project(
      `name: s\nstages:\n${lines.join('\n')}\n  big: { uses: command, resources: { threads: 2 }, with: { run: 'echo big > $OUTPUT/a' } }\n`,
    );
    expect((await rig.run('s.yaml')).code).toBe(0);
    expect(submitted(rig).filter((name) => name.endsWith('x6'))).toHaveLength(6);
  });

  it('executes a sweep as an array, with the digests of a local one', async () => {
    const spec = `name: s
stages:
  data: { uses: command, with: { run: 'echo 1 > $OUTPUT/a' } }
  model: { uses: command, inputs: { in: data }, with: { run: 'cat $INPUT_IN/a > $OUTPUT/a; echo $SIZE >> $OUTPUT/a', env: { SIZE: '0' } } }
`;
    const sizes = Array.from({ length: 16 }, (_, size) => `"${size}"`).join(',');
    const sweep = ['sweep', 's.yaml', '--set', `model.env.SIZE=${sizes}`];
    const local = makeRig();
    local.write({ 's.yaml': spec });
    expect((await local.pipeline(...sweep)).code).toBe(0);
    const rig = project(spec);
    const { code, stderr } = await rig.pipeline(...sweep);
    expect(code, stderr).toBe(0);
    const made = (one: Rig): string[] => artifactsOf(join(one.folder, 'artifacts'), 'command');
    expect(made(rig)).toHaveLength(17);
    expect(made(rig)).toEqual(made(local));
    expect(submitted(rig).filter((name) => name.endsWith('x16'))).toHaveLength(16);
  });

  it('fails as on one machine, and goes on with what does not depend on it', async () => {
    const rig = project(`name: s
stages:
  bad: { uses: command, with: { run: 'echo why; exit 3' } }
  after: { uses: command, inputs: { in: bad }, with: { run: 'true' } }
  good: { uses: command, with: { run: 'echo 1 > $OUTPUT/a' } }
`);
    const { code, stages, events } = await rig.run('s.yaml', '--keep-going');
    expect({ code, stages }).toEqual({
      code: 1,
      stages: { bad: 'failed', after: 'skipped', good: 'finished' },
    });
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({ output: ['why'] });
  });

  it('ends a stage at its timeout', async () => {
    const rig = project(
      `name: s\nstages:\n  slow: { uses: command, timeout: 1 s, with: { run: 'sleep 60' } }\n`,
    );
    const { events } = await rig.run('s.yaml');
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({ code: 'E_TIMEOUT' });
  });

  it('says what the cluster refuses', async () => {
    const rig = project(
      `name: s\nstages:\n  huge: { uses: command, resources: { memory: 900 GB }, with: { run: 'true' } }\n`,
    );
    const { events } = await rig.run('s.yaml');
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      code: 'E_EXECUTOR',
      message: expect.stringContaining('Memory specification can not be satisfied') as string,
    });
  });

  it('cancels its jobs at Ctrl-C', async () => {
    const rig = project(
      `name: s\nstages:\n  slow: { uses: command, with: { run: 'touch begun; sleep 60' } }\n  other: { uses: command, with: { run: 'sleep 61' } }\n`,
    );
    const run = begin(rig, 'run', 's.yaml');
    await eventually('the stage begins', () => existsSync(join(rig.folder, 'begun')));
    expect(jobs()).toHaveLength(2);
    run.signal('SIGINT');
    expect((await run.finished).code).toBe(130);
    await eventually('the queue is empty', () => jobs().length === 0);
    expect(leftovers(join(rig.folder, 'artifacts'))).toEqual([]);
  });

  it('says why no job starts, and goes on when the node is back', async () => {
    const rig = project();
    cluster().command('scontrol', 'update', 'NodeName=test', 'State=DRAIN', 'Reason=repair');
    const run = begin(rig, 'run', 's.yaml');
    await eventually('the reason is told', () => /waits in Slurm: .*DRAINED.*sinfo -R/.test(run.printed()));
    cluster().command('scontrol', 'update', 'NodeName=test', 'State=RESUME');
    expect((await run.finished).code).toBe(0);
  });

  it('leaves them with --detach, and the next run finds them', async () => {
    const rig = project(
      `name: s\nstages:\n  slow: { uses: command, with: { run: 'echo x >> begun; until test -e go; do sleep 0.1; done; echo 1 > $OUTPUT/a' } }\n`,
    );
    const run = begin(rig, 'run', 's.yaml', '--detach');
    await eventually('the stage begins', () => existsSync(join(rig.folder, 'begun')));
    run.signal('SIGINT');
    expect((await run.finished).code).toBe(130);
    expect(jobs()).toHaveLength(1);
    const again = begin(rig, 'run', 's.yaml');
    await eventually('it finds the job', () => again.printed().includes('▶ slow'));
    expect(jobs()).toHaveLength(1);
    rig.write({ go: '' });
    expect((await again.finished).code).toBe(0);
    expect(readFileSync(join(rig.folder, 'begun'), 'utf8')).toBe('x\n');
  });

  it('gives the same results where the clock of the nodes is an hour late', async () => {
    const rig = project();
    rig.write({
      'late.mjs': 'const now = Date.now; Date.now = () => now() - 3_600_000;\n',
      'pipeline.config.yaml': `slurm:\n  command: export NODE_OPTIONS=--import=${rig.folder}/late.mjs && ${process.execPath} ${COMMAND}\n`,
    });
    const { code, stages } = await rig.run('s.yaml');
    expect({ code, stages }).toMatchObject({ code: 0, stages: { both: 'finished' } });
    expect((await rig.run('s.yaml')).stages).toMatchObject({ one: 'cached', both: 'cached' });
  });

  it('says that the store cannot be written, and submits nothing', async () => {
    const rig = project();
    rig.write({ 'artifacts/tasks': 'a file where the folder should be' });
    const { code, events } = await rig.run('s.yaml');
    expect(code).toBe(1);
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({ code: 'E_STORE' });
  });

  it('shows what a node said that could not start the worker', async () => {
    const rig = project();
    rig.write({ 'pipeline.config.yaml': 'slurm:\n  command: /nowhere/pipeline\n' });
    const { events } = await rig.run('s.yaml');
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      code: 'E_EXECUTOR',
      output: [expect.stringContaining('/nowhere/pipeline')],
    });
  });

  it('is ready as far as pipeline doctor can see', async () => {
    const rig = project();
    const { code, stdout } = await rig.pipeline('doctor', '--json');
    const { sections } = JSON.parse(stdout) as {
      sections: { title: string; checks: { name: string; state: string }[] }[];
    };
    const states = sections
      .find(({ title }) => title === 'slurm')!
      .checks.map(({ name, state }) => [name, state]);
    expect({ code, states: Object.fromEntries(states) as unknown }).toMatchObject({
      code: 0,
      states: { commands: 'ok', controller: 'ok', nodes: 'ok', 'job options': 'ok' },
    });
    rig.write({ 'pipeline.config.yaml': 'slurm:\n  partition: nothere\n' });
    expect((await rig.pipeline('doctor')).code).toBe(1);
  });
});
