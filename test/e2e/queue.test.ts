import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { artifactsOf, isAlive, pidIn } from '../helpers/processes.ts';
import { PROJECT, queueRig, takenBy, waiting } from '../helpers/queue.ts';
import { REDIS, startRedis } from '../helpers/redis.ts';
import { makeRig } from '../helpers/rig.ts';

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
