/** `pipeline doctor --executor queue` against a real server, with what may be wrong with it and its workers. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { queueNames, type WorkerCard } from '../../src/execute/executors/queue/protocol.ts';
import { queueRig, type QueueRig } from '../helpers/queue.ts';
import { REDIS, startRedis } from '../helpers/redis.ts';

interface Finding {
  readonly name: string;
  readonly state: string;
  readonly found: string;
  readonly hint?: string;
}

/** What the doctor finds in the queue. */
async function doctor(
  { rig, flags }: QueueRig,
  ...more: string[]
): Promise<{ readonly code: number | null; readonly queue: readonly Finding[] }> {
  const { code, stdout } = await rig.pipeline('doctor', ...flags, '--json', ...more);
  const { sections } = JSON.parse(stdout) as { sections: { title: string; checks: Finding[] }[] };
  return { code, queue: sections.find(({ title }) => title === 'queue')!.checks };
}

const unsound = (queue: readonly Finding[]): readonly Finding[] =>
  queue.filter(({ state }) => state !== 'ok');

describe.skipIf(!REDIS)('pipeline doctor --executor queue (needs redis-server or valkey-server)', () => {
  it('shows the server, the workers with what they have, and the stages', async () => {
    const own = await queueRig({});
    await own.worker({ flags: ['--memory', '2GB', '--threads', '1'] });
    const { code, queue } = await doctor(own);
    expect(unsound(queue)).toEqual([]);
    expect(code).toBe(0);
    expect(queue.map(({ found }) => found)).toEqual([
      expect.stringMatching(/^(Redis|Valkey) \d+\.\d+\.\d+ at redis:\/\/127\.0\.0\.1:\d+$/),
      'noeviction',
      expect.stringContaining('without a limit'),
      expect.stringMatching(/^1 thread, 2\.0 GB, engines wasm\S*, version \S+, code [0-9a-f]{8}$/),
      '0 waiting, 0 executing',
    ]);
  });

  it('fails where nothing listens: no server, and no worker', async () => {
    const own = await queueRig({});
    const alone = await doctor(own);
    expect(alone.code).toBe(1);
    expect(unsound(alone.queue)).toEqual([
      {
        name: 'workers',
        state: 'failed',
        found: 'none listens',
        hint: `Start one on every machine: \`pipeline worker --queue ${own.redis.url} --store FOLDER\`.`,
      },
    ]);
    await own.redis.kill();
    const gone = await doctor(own);
    expect(gone.code).toBe(1);
    expect(gone.queue).toEqual([
      expect.objectContaining({
        name: 'server',
        state: 'failed',
        found: expect.stringContaining('refused') as string,
      }),
    ]);
  });

  it('fails where the server drops what it is given, and never shows its password', async () => {
    const options = [
      '--maxmemory',
      '50mb',
      '--maxmemory-policy',
      'allkeys-lru',
      '--requirepass',
      'secretword',
    ];
    const own = await queueRig({}, await startRedis({ options, user: ':secretword' }));
    const { code, queue } = await doctor(own);
    expect(code).toBe(1);
    expect(unsound(queue).map(({ name, state }) => [name, state])).toEqual([
      ['eviction', 'failed'],
      ['workers', 'failed'],
    ]);
    expect(JSON.stringify(queue)).toContain('CONFIG SET maxmemory-policy noeviction');
    expect(JSON.stringify(queue)).not.toContain('secretword');
  });

  it('warns of workers with other code or another store', async () => {
    const own = await queueRig({});
    await own.worker();
    const names = queueNames();
    const [name] = await own.redis.client.smembers(names.workers);
    const card = JSON.parse((await own.redis.client.get(names.worker(name!)))!) as WorkerCard;
    const other: WorkerCard = { ...card, name: 'old', code: '00000000' };
    await own.redis.client.set(names.worker('old'), JSON.stringify(other));
    await own.redis.client.sadd(names.workers, 'old');
    const { code, queue } = await doctor(own);
    expect(unsound(queue)).toEqual([
      expect.objectContaining({
        name: 'worker old',
        state: 'warning',
        hint: expect.stringContaining('Install the same version') as string,
      }),
    ]);
    expect(code).toBe(0);

    mkdirSync(join(own.rig.folder, 'elsewhere'));
    const elsewhere = await doctor(own, '--store', 'elsewhere');
    expect(unsound(elsewhere.queue).map(({ found }) => found)).toContainEqual(
      expect.stringContaining('has another store'),
    );
  });

  it('warns of stages that no worker can take', async () => {
    const own = await queueRig({
      's.yaml': `stages:
  large: { uses: command, resources: { gpu: 1 }, with: { run: 'echo 1 > $OUTPUT/a' } }
`,
    });
    await own.worker({ flags: ['--gpus', '0'] });
    const run = own.start('run', 's.yaml', ...own.flags, '--detach');
    await expect.poll(() => own.redis.client.keys('*:wait'), { timeout: 120_000 }).not.toEqual([]);
    run.signal('SIGINT');
    await run.finished;
    const { queue } = await doctor(own);
    expect(unsound(queue)).toEqual([
      {
        name: 'stages',
        state: 'warning',
        found: '1 waiting, 0 executing; no worker has what these need: any-1gpu',
        hint: expect.stringContaining('--gpus') as string,
      },
    ]);
  });
});
