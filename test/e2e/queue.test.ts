import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { artifactsOf, isAlive, leftovers, pidIn } from '../helpers/processes.ts';
import { queueRig, takenBy } from '../helpers/queue.ts';
import { REDIS, startRedis } from '../helpers/redis.ts';
import { makeRig } from '../helpers/rig.ts';

const KIND = `
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineStage } from 'two-tower/stage';

export const stage = defineStage<{ file: string }>({
  description: 'Repeats a file once for each input.',
  parameters: {
    type: 'object',
    additionalProperties: false,
    required: ['file'],
    properties: { file: { type: 'string', 'x-path': 'input', description: 'What to repeat.' } },
  },
  inputs: { many: { type: 'files', description: 'Anything.', many: true } },
  output: 'files',
  run({ params, inputs, output, progress, warn }) {
    progress({ done: 1, total: 2, unit: 'files' });
    warn({ message: 'this is a test', hint: 'Nothing is wrong.' });
    const texts = [inputs.many].flat().map(({ path }) => readFileSync(join(path, 'a'), 'utf8'));
    writeFileSync(join(output, 'text'), texts.join('') + readFileSync(params.file, 'utf8'));
    return {};
  },
});
`;
const PROJECT = {
  'experiments/s.yaml': `
name: s
stages:
  one: { uses: command, with: { run: 'echo said; cat data/one.txt > $OUTPUT/a', deps: [data/one.txt] } }
  two: { uses: command, with: { run: 'echo 2 > $OUTPUT/a' } }
  three: { uses: command, with: { run: 'echo 3 > $OUTPUT/a' } }
  both: { uses: ./kinds/repeat.ts, inputs: { many: [one, two, three] }, with: { file: data/one.txt } }
`,
  'experiments/data/one.txt': '1\n',
  'experiments/kinds/repeat.ts': KIND,
  'package.json': '{}',
};

/** A stage that writes its process id into a file of the coordinator's folder and ends when another file is there. */
const waiting = (folder: string, name: string, more = ''): string =>
  `echo $$ > ${folder}/${name}.pid; until [ -e ${folder}/${name}.go ]; do sleep 0.05; done; ${more}echo ${name} > $OUTPUT/a`;

describe.skipIf(!REDIS)('with --executor queue (needs redis-server or valkey-server)', () => {
  it('workers with store and project under other paths make the same bytes as this machine', async () => {
    const local = makeRig();
    local.write(PROJECT);
    await local.run('experiments/s.yaml');

    const { rig, worker, flags } = await queueRig(PROJECT);
    const workers = [await worker(), await worker()];
    const { code, stages, events } = await rig.run('experiments/s.yaml', ...flags);
    expect(code).toBe(0);
    expect(stages).toEqual({ one: 'finished', two: 'finished', three: 'finished', both: 'finished' });
    expect(await rig.digests('experiments/s.yaml')).toEqual(await local.digests('experiments/s.yaml'));
    expect(workers.flatMap(takenBy).sort()).toEqual(['both', 'one', 'three', 'two']);

    const of = (stage: string, type: string): unknown[] =>
      events.filter((event) => event.stage === stage && event.type === type);
    expect(of('one', 'stage-started')).toHaveLength(1);
    expect(of('one', 'stage-log')).toContainEqual(
      expect.objectContaining({ level: 'info', message: 'said' }),
    );
    expect(of('both', 'stage-progress')).not.toHaveLength(0);
    expect(of('both', 'stage-log')).toContainEqual(
      expect.objectContaining({ level: 'warning', message: 'this is a test', hint: 'Nothing is wrong.' }),
    );
    const again = await rig.run('experiments/s.yaml', ...flags);
    expect(again.stages).toEqual({ one: 'cached', two: 'cached', three: 'cached', both: 'cached' });
    const { stdout } = await rig.pipeline('logs', 'experiments/s.yaml', 'one');
    expect(stdout).toContain('said');
  });

  it('a stage whose worker is killed with -9 is executed by another one', async () => {
    const { rig, store, worker, start, flags } = await queueRig({});
    rig.write({
      's.yaml': `stages:\n  slow: { uses: command, with: { run: '${waiting(rig.folder, 'slow')}' } }\n`,
    });
    const victim = await worker();
    const run = start('run', 's.yaml', ...flags);
    const pid = await eventually('the stage', () => pidIn(join(rig.folder, 'slow.pid')));
    const other = await worker();
    victim.signal('SIGKILL');
    await eventually('the end of the stage with its worker', () => !isAlive(pid));
    await eventually('another execution', () => takenBy(other).length > 0);
    rig.write({ 'slow.go': '' });
    const { code, stderr } = await run.finished;
    expect(stderr).toContain('another takes over');
    expect(code).toBe(0);
    expect(artifactsOf(store, 'command')).toHaveLength(1);
    expect(leftovers(store).filter((name) => name.startsWith('locks'))).toEqual([]);
  });

  it.each([
    ['is flushed', (redis: Awaited<ReturnType<typeof startRedis>>) => redis.client.flushall()],
    [
      'is killed and started again, empty',
      async (redis: Awaited<ReturnType<typeof startRedis>>) => {
        await redis.kill();
        await redis.start();
      },
    ],
  ])('a run goes on when the server %s', async (_, disturb) => {
    const { rig, redis, store, worker, start, flags } = await queueRig({});
    rig.write({
      's.yaml': `stages:
  slow: { uses: command, with: { run: '${waiting(rig.folder, 'slow')}' } }
  next: { uses: command, inputs: { x: slow }, with: { run: 'cat $INPUT_X/a > $OUTPUT/a' } }
  queued: { uses: command, with: { run: 'echo q > $OUTPUT/a' } }
`,
    });
    const only = await worker();
    const run = start('run', 's.yaml', ...flags);
    await eventually('the stage', () => pidIn(join(rig.folder, 'slow.pid')));
    await disturb(redis);
    rig.write({ 'slow.go': '' });
    const { code, stderr } = await run.finished;
    expect(stderr).toContain('3 executed');
    expect(code).toBe(0);
    expect(takenBy(only).filter((stage) => stage !== 'slow')).toEqual(['queued', 'next']);
    expect(artifactsOf(store, 'command')).toHaveLength(3);
  });

  it('a coordinator that was killed with -9 finds its stages again', async () => {
    const { rig, store, worker, start, flags } = await queueRig({});
    rig.write({
      's.yaml': `stages:\n  slow: { uses: command, with: { run: '${waiting(rig.folder, 'slow')}' } }\n`,
    });
    const only = await worker();
    const first = start('run', 's.yaml', ...flags);
    const pid = await eventually('the stage', () => pidIn(join(rig.folder, 'slow.pid')));
    first.signal('SIGKILL');
    await first.finished;
    const second = start('run', 's.yaml', ...flags);
    await eventually('the stage in the new run', () => second.printed().includes('executes on'));
    expect(isAlive(pid)).toBe(true);
    rig.write({ 'slow.go': '' });
    expect((await second.finished).code).toBe(0);
    expect(takenBy(only)).toEqual(['slow']);
    expect(artifactsOf(store, 'command')).toHaveLength(1);
  });

  it('two coordinators of one spec have each stage executed once', async () => {
    const { rig, worker, start, flags } = await queueRig({});
    rig.write({
      's.yaml': `stages:
  slow: { uses: command, with: { run: '${waiting(rig.folder, 'slow')}' } }
  next: { uses: command, inputs: { x: slow }, with: { run: 'cat $INPUT_X/a > $OUTPUT/a' } }
`,
    });
    const workers = [await worker(), await worker()];
    const runs = [start('run', 's.yaml', ...flags), start('run', 's.yaml', ...flags)];
    for (const run of runs) await eventually('the stage', () => run.printed().includes('executes on'));
    rig.write({ 'slow.go': '' });
    for (const run of runs) expect((await run.finished).code).toBe(0);
    expect(workers.flatMap(takenBy)).toContain('slow');
    expect(workers.flatMap(takenBy).filter((stage) => stage === 'slow')).toHaveLength(1);
  });

  describe('a worker', () => {
    it('finishes its stages at the first SIGTERM, and leaves the others in the queue', async () => {
      const { rig, worker, start, flags } = await queueRig({});
      rig.write({
        's.yaml': `stages:
  slow: { uses: command, with: { run: '${waiting(rig.folder, 'slow')}' } }
  next: { uses: command, with: { run: 'echo n > $OUTPUT/a' } }
`,
      });
      const first = await worker();
      const run = start('run', 's.yaml', ...flags);
      await eventually('the stage', () => pidIn(join(rig.folder, 'slow.pid')));
      first.signal('SIGTERM');
      await eventually('the notice', () => first.printed().includes('finishing 1. Repeat to stop them'));
      rig.write({ 'slow.go': '' });
      expect((await first.finished).code).toBe(0);
      expect(takenBy(first)).toEqual(['slow']);
      const second = await worker();
      expect((await run.finished).code).toBe(0);
      expect(takenBy(second)).toEqual(['next']);
    });

    it('stops its stages at the second, and gives them back', async () => {
      const { rig, store, worker, start, flags } = await queueRig({});
      rig.write({
        's.yaml': `stages:\n  slow: { uses: command, with: { run: '${waiting(rig.folder, 'slow')}' } }\n`,
      });
      const first = await worker();
      const run = start('run', 's.yaml', ...flags);
      const pid = await eventually('the stage', () => pidIn(join(rig.folder, 'slow.pid')));
      first.signal('SIGTERM');
      await eventually('the notice', () => first.printed().includes('Repeat to stop them'));
      first.signal('SIGTERM');
      expect((await first.finished).code).toBe(130);
      expect(isAlive(pid)).toBe(false);
      expect(leftovers(store).filter((name) => name.startsWith('locks'))).toEqual([]);
      const second = await worker();
      rig.write({ 'slow.go': '' });
      expect((await run.finished).code).toBe(0);
      expect(takenBy(second)).toEqual(['slow']);
    });

    it('takes only stages for which it has enough memory', async () => {
      const { rig, worker, start, flags } = await queueRig({
        's.yaml': `stages:
  large: { uses: command, with: { run: 'echo l > $OUTPUT/a' }, resources: { memory: 8GB } }
  small: { uses: command, with: { run: 'echo s > $OUTPUT/a' } }
`,
      });
      const small = await worker({ flags: ['--memory', '4GB'] });
      const run = start('run', 's.yaml', ...flags);
      await eventually('the notice', () => /large.*none of 1 workers has what it needs/.test(run.printed()));
      const large = await worker({ flags: ['--memory', '16GB'] });
      expect((await run.finished).code).toBe(0);
      expect([takenBy(small), takenBy(large)]).toEqual([['small'], ['large']]);
      expect(rig.read('s.yaml')).toContain('8GB');
    });

    it('with other code refuses a stage, and another one executes it', async () => {
      const { rig, worker, start, flags } = await queueRig(PROJECT);
      const change = (folder: string): void => {
        writeFileSync(join(folder, 'experiments/kinds/repeat.ts'), KIND.replace("'text'", "'other'"));
      };
      const other = await worker({ change });
      const run = start('run', 'experiments/s.yaml', ...flags);
      await eventually('the refusal', () => other.printed().includes('✖ both  refused'));
      expect((await run.finished).stderr).toContain("the code of stage kind 'repeat' here is not the code");
      expect((await run.finished).stderr).toMatch(/✖ both: no worker can execute it.*rsync -a/s);
      expect((await run.finished).code).toBe(1);

      const right = await worker();
      const again = start('run', 'experiments/s.yaml', ...flags);
      expect((await again.finished).code).toBe(0);
      expect(takenBy(right)).toEqual(['both']);
      expect(existsSync(join(rig.folder, 'artifacts', 'repeat'))).toBe(true);
    });

    it('with another store refuses it, and says which store it has', async () => {
      const { start, worker, flags } = await queueRig(PROJECT);
      const elsewhere = makeRig();
      await worker({ flags: ['--store', join(elsewhere.folder, 'artifacts')] });
      const { code, stderr } = await start('run', 'experiments/s.yaml', ...flags).finished;
      expect(code).toBe(1);
      expect(stderr).toContain(`its store ${elsewhere.folder}/artifacts is not the store of the run`);
    });
  });

  describe('Ctrl-C', () => {
    const SPEC = (folder: string): string => `stages:
  slow: { uses: command, with: { run: '${waiting(folder, 'slow')}' } }
  queued: { uses: command, with: { run: 'echo q > $OUTPUT/a' } }
`;

    it('ends the stages on the workers and takes the others out of the queue', async () => {
      const { rig, redis, store, worker, start, flags } = await queueRig({});
      rig.write({ 's.yaml': SPEC(rig.folder) });
      const only = await worker();
      const run = start('run', 's.yaml', ...flags);
      const pid = await eventually('the stage', () => pidIn(join(rig.folder, 'slow.pid')));
      run.signal('SIGINT');
      const { code, stderr } = await run.finished;
      expect(code).toBe(130);
      expect(stderr).toContain('Interrupted: stopping the stages.');
      expect(isAlive(pid)).toBe(false);
      expect(takenBy(only)).toEqual(['slow']);
      expect(await redis.client.keys('*:wait')).toEqual([]);
      expect(artifactsOf(store, 'command')).toEqual([]);
      rig.write({ 'slow.go': '' });
      expect((await rig.run('s.yaml', ...flags)).stages).toEqual({ slow: 'finished', queued: 'finished' });
    });

    it('leaves them with --detach, and the next run finds them', async () => {
      const { rig, store, worker, start, flags } = await queueRig({});
      rig.write({ 's.yaml': SPEC(rig.folder) });
      const only = await worker();
      const run = start('run', 's.yaml', ...flags, '--detach');
      const pid = await eventually('the stage', () => pidIn(join(rig.folder, 'slow.pid')));
      run.signal('SIGINT');
      expect((await run.finished).code).toBe(130);
      expect(isAlive(pid)).toBe(true);
      rig.write({ 'slow.go': '' });
      await eventually('both artifacts', () => artifactsOf(store, 'command').length === 2);
      expect((await rig.run('s.yaml', ...flags)).stages).toEqual({ slow: 'cached', queued: 'cached' });
      expect(takenBy(only)).toEqual(['slow', 'queued']);
    });
  });

  it('a failure arrives with its last lines and its log, and --keep-going goes on', async () => {
    const { rig, worker, flags } = await queueRig({
      's.yaml': `stages:
  bad: { uses: command, with: { run: 'echo reason >&2; exit 3' } }
  after: { uses: command, inputs: { x: bad }, with: { run: 'cat $INPUT_X/a > $OUTPUT/a' } }
  good: { uses: command, with: { run: 'echo g > $OUTPUT/a' } }
`,
    });
    await worker();
    const { code, stages, events } = await rig.run('s.yaml', ...flags, '--keep-going');
    expect(code).toBe(1);
    expect(stages).toEqual({ bad: 'failed', after: 'skipped', good: 'finished' });
    const failure = events.find(({ type }) => type === 'stage-failed')!;
    expect(failure['output']).toEqual(['reason']);
    expect(readFileSync(failure['log'] as string, 'utf8')).toContain('reason');
    expect((failure['log'] as string).startsWith(rig.folder)).toBe(true);
  });

  it('neither shows nor records a password', async () => {
    const redis = await startRedis({ options: ['--requirepass', 'secretword'], user: ':secretword' });
    const { rig, store, worker, start, flags } = await queueRig(PROJECT, redis);
    const only = await worker();
    const run = start('run', 'experiments/s.yaml', ...flags);
    const { code, stdout, stderr } = await run.finished;
    expect(code).toBe(0);
    expect(stdout + stderr + only.printed()).not.toContain('secretword');
    const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(files.length).toBeGreaterThan(10);
    for (const { parentPath, name } of files)
      expect(readFileSync(join(parentPath, name), 'utf8')).not.toContain('secretword');

    const wrong = redis.url.replace('secretword', 'wrongword');
    const refused = await rig.pipeline('run', 'experiments/s.yaml', '--force', ...flags, '--queue', wrong);
    expect(refused.stderr).toContain('refuses this user or password');
    expect(refused.stderr).not.toContain('wrongword');
  });

  it('says what is wrong with the server', async () => {
    const redis = await startRedis({ options: ['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru'] });
    const { rig, flags } = await queueRig(PROJECT, redis);
    const evicting = await rig.pipeline('run', 'experiments/s.yaml', ...flags);
    expect(evicting.stderr).toContain('evicts keys (maxmemory-policy allkeys-lru)');
    expect(evicting.stderr).toContain('CONFIG SET maxmemory-policy noeviction');
    await redis.kill();
    const gone = await rig.pipeline('worker', '--queue', redis.url);
    expect(gone.code).toBe(1);
    expect(gone.stderr).toMatch(/no queue at redis:\/\/127.0.0.1:\d+: the connection was refused/);
    const unnamed = await rig.pipeline('run', 'experiments/s.yaml', '--executor', 'queue');
    expect(unnamed.code).toBe(2);
    expect(unnamed.stderr).toContain('no queue is named');
  });
});
