import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/store/manifest.ts';
import { eventually } from '../helpers/eventually.ts';
import { artifactsOf, isAlive, leftovers, pidIn } from '../helpers/processes.ts';
import { queueRig, takenBy, waiting } from '../helpers/queue.ts';
import { makeRig } from '../helpers/rig.ts';
import { REDIS, type RedisServer } from '../helpers/redis.ts';

describe.skipIf(!REDIS)('faults of a queue (needs redis-server or valkey-server)', () => {
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
    ['is flushed', (redis: RedisServer) => redis.client.flushall()],
    [
      'is killed and started again, empty',
      async (redis: RedisServer) => {
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
    await eventually('the stage in the run', () => run.printed().includes('slow: executes on'));
    await disturb(redis);
    rig.write({ 'slow.go': '' });
    const { code, stderr } = await run.finished;
    expect(stderr).toContain('3 executed');
    expect(code).toBe(0);
    // In either order: `queued` has to be handed in again.
    const others = takenBy(only).filter((stage) => stage !== 'slow');
    expect(others.sort()).toEqual(['next', 'queued']);
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

  it('a sweep over two workers, one killed and one restarted in the middle, gives the same bytes', async () => {
    const local = makeRig();
    local.write({ 's.yaml': sweepSpec(local.folder), log: '' });
    const flags = ['s.yaml', '--metric', 'report.sum', '--json'];
    expect((await local.pipeline('sweep', ...flags)).code).toBe(0);

    const { rig, store, worker, start, flags: queue } = await queueRig({});
    rig.write({ 's.yaml': sweepSpec(rig.folder), log: '' });
    const killed = await worker();
    const others = [await worker()];
    const sweep = start('sweep', ...flags, ...queue);
    const executions = (): string[] => rig.read('log').split('\n').filter(Boolean);
    await eventually('some stages', () => executions().length > 6);
    killed.signal('SIGKILL');
    await eventually('some more stages', () => executions().length > 12);
    others[0]!.signal('SIGTERM');
    expect((await others[0]!.finished).code).toBe(0);
    others.push(await worker());
    const { code, stderr } = await sweep.finished;
    expect(stderr).not.toMatch(/error|✖/);
    expect(code).toBe(0);
    expect(digestsIn(store)).toEqual(digestsIn(join(local.folder, 'artifacts')));

    // Each stage was executed once, except one that the killed worker may have had.
    const counts = new Map<string, number>();
    for (const line of executions()) counts.set(line, (counts.get(line) ?? 0) + 1);
    expect(counts.size).toBe(1 + 16 + 16);
    expect([...counts.values()].filter((count) => count > 1).length).toBeLessThanOrEqual(1);
    expect(executions().length).toBeLessThanOrEqual(1 + 16 + 16 + 1);
  });
});

/** corpus → 16 models → 16 reports; each execution appends a line to a file. */
function sweepSpec(folder: string): string {
  return `name: sixteen
stages:
  corpus: { uses: command, with: { run: 'echo corpus >> ${folder}/log; echo c > $OUTPUT/c' } }
  model:
    uses: command
    inputs: { corpus: corpus }
    with:
      run: 'echo model $PARAM_A $PARAM_B >> ${folder}/log; echo $PARAM_A $PARAM_B > $OUTPUT/m; sleep 0.2'
      params: { a: 1, b: 1 }
  report:
    uses: command
    inputs: { model: model }
    with:
      run: 'read a b < $INPUT_MODEL/m; echo report $a $b >> ${folder}/log; echo "{\\"sum\\": $((10 * a + b))}" > $OUTPUT/x.json'
      metrics: x.json
sweep:
  grid: { model.params.a: [1, 2, 3, 4], model.params.b: [1, 2, 3, 4] }
`;
}

/** The digests of all artifacts; their keys differ with the folder that the commands name. */
function digestsIn(store: string): string[] {
  return artifactsOf(store, 'command')
    .map((key) => JSON.parse(readFileSync(join(store, 'command', key, 'manifest.json'), 'utf8')) as Manifest)
    .map(({ digest }) => digest)
    .sort();
}
