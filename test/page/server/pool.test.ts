import { expect, it } from 'vitest';
import type { SideQuestion } from '../../../src/query/side-by-side.ts';
import { openPool, type SearchPool } from '../../../src/page/server/search/pool.ts';
import type { Client } from '../../../src/page/server/reply.ts';
import { searchService } from '../../../src/page/server/search/service.ts';
import { fakePort, TARGET, type FakePort } from './fixtures.ts';

const question = (text: string): SideQuestion => ({ text, top: 3, systems: ['bm25'], texts: false });
const stays: Client = { hasGone: false, onGone: () => undefined };

async function poolOf(threads: number, atOnce = false): Promise<{ pool: SearchPool; ports: FakePort[] }> {
  const ports: FakePort[] = [];
  const start = (): FakePort => {
    ports.push(fakePort(atOnce));
    return ports.at(-1)!;
  };
  return { pool: await openPool({ start, threads, batch: 4, mostWaiting: 6 }), ports };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const shares = (ports: readonly FakePort[]): number[][] =>
  ports.map(({ given }) => given.map(({ questions }) => questions.length));

it('questions that arrive together are shared between the threads', async () => {
  const { pool, ports } = await poolOf(2);
  const answers = ['a', 'b', 'c', 'd', 'e'].map((text) => pool.ask(question(text), stays));
  await turn();
  expect(shares(ports)).toEqual([[3], [2]]);
  for (const port of ports) port.answer();
  expect(JSON.parse(await answers[4]!)).toMatchObject({ query: 'e' });
});

it('what arrives meanwhile is taken together by the next free thread', async () => {
  const { pool, ports } = await poolOf(1);
  const first = pool.ask(question('a'), stays);
  await turn();
  const later = ['b', 'c', 'd', 'e', 'f'].map((text) => pool.ask(question(text), stays));
  ports[0]!.answer();
  await first;
  expect(shares(ports)).toEqual([[1, 4]]);
  ports[0]!.answer();
  ports[0]!.answer();
  expect(JSON.parse(await later[4]!)).toMatchObject({ query: 'f' });
});

it('more than may wait are refused at once', async () => {
  const { pool } = await poolOf(1);
  const asked = Array.from({ length: 7 }, (_, i) => pool.ask(question(String(i)), stays));
  await expect(asked[6]).rejects.toMatchObject({ status: 503, code: 'E_BUSY', retryAfter: 1 });
});

it('the question of a client that has gone is given to no thread', async () => {
  const { pool, ports } = await poolOf(1);
  const gone: Client = {
    hasGone: true,
    onGone: (listener) => {
      listener();
    },
  };
  await expect(pool.ask(question('a'), gone)).rejects.toMatchObject({ status: 499 });
  await turn();
  expect(shares(ports)).toEqual([[]]);
});

it('a thread that breaks down refuses what it had and what waited', async () => {
  const { pool, ports } = await poolOf(1);
  const first = pool.ask(question('a'), stays);
  await turn();
  const second = pool.ask(question('b'), stays);
  ports[0]!.breakDown();
  await expect(first).rejects.toMatchObject({ status: 503 });
  await expect(second).rejects.toMatchObject({ status: 503 });
  expect(pool.isBroken).toBe(true);
});

it('a thread that breaks down takes the others with it, so that no model stays loaded for nothing', async () => {
  const { ports } = await poolOf(3);
  ports[1]!.breakDown();
  expect(ports.map(({ isClosed }) => isClosed)).toEqual([true, true, true]);
});

it.each([undefined, 'latest'])(
  'those who ask for %s after a breakdown share one new set of threads',
  async (run) => {
    const ports: FakePort[] = [];
    const service = searchService({
      find: () => Promise.resolve(TARGET),
      start: () => {
        ports.push(fakePort());
        return ports.at(-1)!;
      },
      threads: 1,
      batch: 4,
      alwaysIndex: false,
      mostWaiting: 6,
    });
    await service.open(run);
    ports[0]!.breakDown();
    const [first, second] = await Promise.all([service.open(run), service.open(run)]);
    expect(first.pool).toBe(second.pool);
    expect(ports.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  },
);
