import { existsSync, readdirSync, readlinkSync, truncateSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import {
  artifactsOf,
  childrenOf,
  environmentOf,
  isAlive,
  leftovers,
  pidIn,
  processes,
  startJob,
} from '../helpers/processes.ts';
import { makeRig, type Rig } from '../helpers/rig.ts';

/** Where the system lists processes as files. */
const LINUX = process.platform === 'linux';

/**
 * A quick stage, then a slow one that writes its process id, then one that needs it. The slow one takes longer than
 * a test may, so a test ends only where the stage is stopped.
 */
function slow(command = 'echo $$ > pid; sleep 3600 & wait'): Rig {
  const rig = makeRig();
  rig.write({
    's.yaml': `
name: slow
stages:
  quick: { uses: command, with: { run: 'echo 1 > $OUTPUT/x' } }
  slow:
    uses: command
    inputs: { quick: quick }
    with: { run: '${command}; echo 2 > $OUTPUT/x' }
  after: { uses: command, inputs: { slow: slow }, with: { run: 'echo 3 > $OUTPUT/x' } }
`,
  });
  return rig;
}

/** For the runner: a grace period that no test outlives, so that what ends a stage is not the end of its grace period. */
const ENDLESS_GRACE = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
    'const real = setTimeout; globalThis.setTimeout = (run, ms) => real(run, ms >= 5_000 ? 3_600_000 : ms);',
  )}`,
};

const store = (rig: Rig): string => join(rig.folder, 'artifacts');
const slowPid = (rig: Rig): Promise<number> =>
  eventually('the slow stage', () => pidIn(join(rig.folder, 'pid')));

describe('Ctrl-C', () => {
  it('stops the children, leaves nothing half-made, keeps what was finished and exits with 130', async () => {
    const rig = slow();
    const job = startJob(rig, ['run', 's.yaml']);
    const pid = await slowPid(rig);
    job.signal('SIGINT');
    const { code, stderr } = await job.finished;
    expect(code).toBe(130);
    expect(isAlive(pid)).toBe(false);
    expect(leftovers(store(rig))).toEqual([]);
    expect(artifactsOf(store(rig), 'command')).toHaveLength(1);
    expect(stderr).toContain('Interrupted: stopping the stages. Repeat to kill them.');
    expect(stderr).toContain('- after  not run: the run was interrupted');
    expect(stderr).toContain('To continue: pipeline run s.yaml');
    expect(stderr).not.toMatch(/✖|Error|^\s+at /m);
  });

  it('gives a command time to clean up after itself', async () => {
    const rig = slow('trap "sleep 0.3; echo yes > cleaned; exit 1" TERM; echo $$ > pid; sleep 3600 & wait');
    const job = startJob(rig, ['run', 's.yaml'], ENDLESS_GRACE);
    await slowPid(rig);
    job.signal('SIGINT');
    expect((await job.finished).code).toBe(130);
    expect(rig.read('cleaned')).toBe('yes\n');
  });

  it('pressed twice kills a stage that does not listen', async () => {
    const rig = slow('trap "" TERM INT; echo $$ > pid; while :; do sleep 1; done');
    const job = startJob(rig, ['run', 's.yaml'], ENDLESS_GRACE);
    const pid = await slowPid(rig);
    job.signal('SIGINT');
    await eventually('the first notice', () => job.printed().includes('Repeat to kill them.'));
    expect(isAlive(pid)).toBe(true);
    job.signal('SIGINT');
    expect((await job.finished).code).toBe(130);
    expect(isAlive(pid)).toBe(false);
    expect(leftovers(store(rig))).toEqual([]);
  });

  it('pressed once kills such a stage after a grace period', async () => {
    const rig = slow('trap "" TERM INT; echo $$ > pid; while :; do sleep 1; done');
    const job = startJob(rig, ['run', 's.yaml']);
    const pid = await slowPid(rig);
    job.signal('SIGINT');
    expect((await job.finished).code).toBe(130);
    expect(isAlive(pid)).toBe(false);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('is what %s does too', async (signal) => {
    const rig = slow();
    const job = startJob(rig, ['run', 's.yaml', '--json']);
    const pid = await slowPid(rig);
    job.child.kill(signal);
    const { code, stdout, stderr } = await job.finished;
    expect(code).toBe(130);
    expect(stdout.trim().split('\n').at(-1)).toContain('"outcome":"interrupted"');
    expect(stderr).toContain(`Got ${signal}`);
    expect(isAlive(pid)).toBe(false);
    expect(leftovers(store(rig))).toEqual([]);
  });
});

describe('kill -9 of the runner', () => {
  it('ends the stage process and everything that it started', async () => {
    const rig = slow('echo $$ > pid; (echo $(exec sh -c "echo \\$PPID") > inner; sleep 3600) & wait');
    const job = startJob(rig, ['run', 's.yaml']);
    const pid = await slowPid(rig);
    const inner = await eventually('the inner process', () => pidIn(join(rig.folder, 'inner')));
    expect([isAlive(pid), isAlive(inner)]).toEqual([true, true]);
    job.child.kill('SIGKILL');
    await job.finished;
    await eventually('the end of the orphans', () => !isAlive(pid) && !isAlive(inner));
  });

  it.skipIf(!LINUX)('ends its commands also where the guard had been killed before', async () => {
    const rig = slow();
    const job = startJob(rig, ['run', 's.yaml']);
    const pid = await slowPid(rig);
    const [guard] = childrenOf(job.child.pid!).filter((child) => child !== pid);
    process.kill(guard!, 'SIGKILL');
    const next = await eventually('another guard', () =>
      childrenOf(job.child.pid!).find((child) => child !== pid && child !== guard),
    );
    expect(isAlive(next)).toBe(true);
    job.child.kill('SIGKILL');
    await job.finished;
    await eventually('the end of the orphans', () => !isAlive(pid) && !isAlive(next));
  });

  it.skipIf(!LINUX)('leaves no command behind, however early it comes', async () => {
    const rig = makeRig();
    const stages = Array.from(
      { length: 40 },
      (_, i) => `  s${i}: { uses: command, with: { run: 'echo $$ >> pids; echo ${i}; sleep 3600' } }`,
    );
    rig.write({ 's.yaml': `name: s\nstages:\n${stages.join('\n')}\n`, pids: '' });
    for (const delay of [0, 2, 5, 10, 20]) {
      const job = startJob(rig, ['run', 's.yaml', '--jobs', '40']);
      await eventually('the first command', () => rig.read('pids') !== '');
      await setTimeout(delay);
      job.child.kill('SIGKILL');
      await job.finished;
      const isBelow = (pid: number): boolean => environmentOf(pid).includes(rig.folder);
      await eventually('the end of all', () => !processes().some(isBelow));
      rig.write({ pids: '' });
    }
  });

  it('ends a stage that never returns to its event loop', async () => {
    const rig = makeRig();
    rig.write({
      'busy.ts': `
        import { writeFileSync } from 'node:fs';
        import { join } from 'node:path';
        import { defineStage } from 'two-tower/stage';
        export const stage = defineStage({
          description: 'Computes without end.', parameters: { type: 'object' }, inputs: {}, output: 'files',
          async run({ project }) {
            writeFileSync(join(project, 'pid'), process.pid + '\\n');
            for (;;);
          },
        });`,
      's.yaml': 'stages: { busy: { uses: ./busy.ts } }\n',
    });
    const job = startJob(rig, ['run', 's.yaml']);
    const pid = await slowPid(rig);
    job.child.kill('SIGKILL');
    await job.finished;
    await eventually('the end of the orphan', () => !isAlive(pid));
  });

  it('leaves a store in which the next run continues at once and ends like an undisturbed one', async () => {
    const rig = slow('echo $$ > pid; test -e go || sleep 3600');
    const job = startJob(rig, ['run', 's.yaml']);
    await slowPid(rig);
    job.child.kill('SIGKILL');
    await job.finished;
    expect(leftovers(store(rig))).not.toEqual([]);
    rig.write({ go: '' });
    const { code, stages } = await rig.run('s.yaml');
    expect([code, stages]).toEqual([0, { quick: 'cached', slow: 'finished', after: 'finished' }]);
    expect(leftovers(store(rig))).toEqual([]);
    expect(existsSync(join(store(rig), 'resume')) ? readdirSync(join(store(rig), 'resume')) : []).toEqual([]);
  });
});

describe('Ctrl-C before the first stage', () => {
  it('is answered while a large file is hashed, and the exit code is 130', async () => {
    const rig = makeRig();
    // A file with nothing in it takes no space, and minutes to hash.
    rig.write({
      'large.bin': '',
      's.yaml': `stages: { one: { uses: command, with: { run: 'true', deps: [large.bin] } } }\n`,
    });
    truncateSync(join(rig.folder, 'large.bin'), 256 * 2 ** 30);
    const job = startJob(rig, ['run', 's.yaml']);
    await eventually('the hashing', () => opened(job.child.pid!).some((path) => path.endsWith('large.bin')));
    job.signal('SIGINT');
    const { code, stderr } = await job.finished;
    expect([code, stderr]).toEqual([130, '\nInterrupted.\n']);
  });
});

/** What a process has open. */
function opened(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    try {
      return readlinkSync(join(folder, name));
    } catch {
      return [];
    }
  });
}
