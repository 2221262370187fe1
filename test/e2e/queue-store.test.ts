/** What may be wrong with the folder that workers and coordinator share, and with their clocks. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { artifactsOf, leftovers } from '../helpers/processes.ts';
import { IS_ROOT, mountSmall, remount } from '../helpers/mount.ts';
import { PROJECT, queueRig, takenBy } from '../helpers/queue.ts';
import { REDIS } from '../helpers/redis.ts';
import { makeRig } from '../helpers/rig.ts';
import { CREDENTIALS, NO_S3, startS3 } from '../store/remote/servers.ts';

describe.skipIf(!REDIS)('machines of a queue (needs redis-server or valkey-server)', () => {
  it.each([
    ['late', -3_600_000],
    ['early', 3_600_000],
  ])('make the same bytes where the clock of one is an hour %s', async (_, off) => {
    const local = makeRig();
    local.write(PROJECT);
    await local.run('experiments/s.yaml');
    const { rig, worker, flags } = await queueRig(PROJECT);
    const clock = join(rig.folder, 'clock.mjs');
    writeFileSync(clock, `const now = Date.now; Date.now = () => now() + ${off};\n`);
    await worker({ env: { NODE_OPTIONS: `--import=${clock}` } });
    const { code, events } = await rig.run('experiments/s.yaml', ...flags);
    expect(code).toBe(0);
    expect(await rig.digests('experiments/s.yaml')).toEqual(await local.digests('experiments/s.yaml'));
    const messages = events.flatMap(({ message }) => (typeof message === 'string' ? [message] : []));
    expect(messages.filter((message) => /stopped answering|submitted again/.test(message))).toEqual([]);
  });

  it.skipIf(NO_S3 !== undefined)(
    `make the same bytes where they share nothing but a bucket${NO_S3 === undefined ? '' : ` (${NO_S3})`}`,
    async () => {
      const local = makeRig();
      local.write(PROJECT);
      await local.run('experiments/s.yaml');
      const endpoint = await startS3();
      for (const [name, value] of Object.entries(CREDENTIALS)) vi.stubEnv(name, value);
      onTestFinished(() => void vi.unstubAllEnvs());
      const { rig, store, worker, flags } = await queueRig({
        ...PROJECT,
        'pipeline.config.yaml': `store: { remote: s3://store/boxes, endpoint: '${endpoint}' }\n`,
      });
      const boxes = [makeRig(), makeRig()].map((box) => join(box.folder, 'artifacts'));
      const workers = [];
      for (const box of boxes) workers.push(await worker({ flags: ['--store', box] }));
      const { code, stages } = await rig.run('experiments/s.yaml', ...flags);
      expect([code, new Set(Object.values(stages))]).toEqual([0, new Set(['finished'])]);
      expect(workers.flatMap(takenBy).sort()).toEqual(['both', 'one', 'three', 'two']);
      // The coordinator has only read what the stages are: their files are in the bucket.
      expect(artifactsOf(store, 'command')).toEqual([]);
      expect(await rig.digests('experiments/s.yaml')).toEqual(await local.digests('experiments/s.yaml'));
      expect((await rig.pipeline('logs', 'experiments/s.yaml', 'one')).stdout).toContain('said');
    },
  );

  describe.runIf(IS_ROOT)('whose shared folder is a small file system (needs root to mount one)', () => {
    it('say that it is full, and go on where they were once it is larger', async (context) => {
      const { rig, store, worker, flags } = await queueRig({
        's.yaml': `stages:
  small: { uses: command, with: { run: 'echo 1 > $OUTPUT/x' } }
  big: { uses: command, inputs: { small: small }, with: { run: 'head -c 20000000 /dev/zero > $OUTPUT/x' } }
`,
      });
      if (!mountSmall(store, 'size=2m')) return context.skip();
      await worker();
      const { code, stderr } = await rig.pipeline('run', 's.yaml', ...flags);
      expect(code).toBe(1);
      expect(stderr).toContain('✔ small');
      expect(stderr).toMatch(/No space left on device|ENOSPC/);
      expect(stderr).not.toMatch(/^\s+at |internal error/m);
      expect(leftovers(store)).toEqual([]);
      expect(artifactsOf(store, 'command')).toHaveLength(1);
      remount(store, 'size=64m');
      expect((await rig.run('s.yaml', ...flags)).stages).toEqual({ small: 'cached', big: 'finished' });
    });

    it('say that it is read-only, and go on where they were once it is not', async (context) => {
      const { rig, store, worker, flags } = await queueRig({
        's.yaml': `stages:
  one: { uses: command, with: { run: 'echo 1 > $OUTPUT/x' } }
  two: { uses: command, inputs: { one: one }, with: { run: 'cat $INPUT_ONE/x > $OUTPUT/x' } }
`,
      });
      if (!mountSmall(store, 'size=8m')) return context.skip();
      await worker();
      expect((await rig.run('s.yaml', ...flags, '--until', 'one')).code).toBe(0);
      remount(store, 'ro');
      const { code, stderr } = await rig.pipeline('run', 's.yaml', ...flags);
      expect(code).toBe(1);
      expect(stderr).toMatch(/✖ two: .*read-only/);
      expect(stderr).not.toMatch(/^\s+at |internal error/m);
      remount(store, 'rw');
      expect((await rig.run('s.yaml', ...flags)).stages).toEqual({ one: 'cached', two: 'finished' });
    });
  });
});
