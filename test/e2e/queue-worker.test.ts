import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { isAlive, leftovers, pidIn } from '../helpers/processes.ts';
import { PROJECT, queueRig, takenBy, waiting } from '../helpers/queue.ts';
import { REPEAT_KIND } from '../helpers/repeat-kind.ts';
import { REDIS } from '../helpers/redis.ts';
import { makeRig } from '../helpers/rig.ts';

describe.skipIf(!REDIS)('a worker (needs redis-server or valkey-server)', () => {
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

  it('gives a stage back whose processes got the SIGTERM of their worker, as from systemd or scancel', async () => {
    const { rig, worker, start, flags } = await queueRig({});
    rig.write({
      's.yaml': `stages:\n  slow: { uses: command, with: { run: '${waiting(rig.folder, 'slow')}' } }\n`,
    });
    const first = await worker();
    const run = start('run', 's.yaml', ...flags);
    const pid = await eventually('the stage', () => pidIn(join(rig.folder, 'slow.pid')));
    process.kill(pid, 'SIGTERM');
    first.signal('SIGTERM');
    expect((await first.finished).code).toBe(0);
    rig.write({ 'slow.go': '' });
    const second = await worker();
    const { code, stderr } = await run.finished;
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('✖ slow');
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
      writeFileSync(join(folder, 'experiments/kinds/repeat.ts'), REPEAT_KIND.replace("'text'", "'other'"));
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

  it('with a store of its own shares results over a remote store', async () => {
    const { rig, worker, start, flags } = await queueRig(PROJECT);
    const elsewhere = makeRig();
    const remote = ['--remote', `file://${elsewhere.folder}`];
    const boxes = [makeRig(), makeRig()].map((box) => join(box.folder, 'artifacts'));
    const workers = [];
    for (const box of boxes) workers.push(await worker({ flags: ['--store', box, ...remote] }));
    const run = start('run', 'experiments/s.yaml', ...flags, ...remote);
    const { code, stderr } = await run.finished;
    expect(stderr).toContain('4 executed');
    expect(code).toBe(0);
    expect(workers.flatMap(takenBy).sort()).toEqual(['both', 'one', 'three', 'two']);
    expect((await rig.pipeline('logs', 'experiments/s.yaml', 'one')).stdout).toContain('said');

    const local = makeRig();
    local.write(PROJECT);
    await local.run('experiments/s.yaml');
    await rig.run('experiments/s.yaml', ...remote);
    const { stdout } = await rig.pipeline('show', 'experiments/s.yaml', '--json', ...remote);
    const { stages } = JSON.parse(stdout) as { stages: Record<string, { digest: string }> };
    const digests = Object.fromEntries(Object.entries(stages).map(([name, { digest }]) => [name, digest]));
    expect(digests).toEqual(await local.digests('experiments/s.yaml'));
  });
});
