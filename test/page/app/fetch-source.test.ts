import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fetchSource } from '../../../src/page/app/source/fetch-source.ts';
import { runsName } from '../../../src/page/views/serve-names.ts';

/** What the server's table of runs is at the moment. */
let state: string;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', (address: string) =>
    Promise.resolve(
      Response.json(
        address.endsWith('/state') ? state : { store: '/s', state, rows: state.length, unread: 0 },
      ),
    ),
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const TICKS_MS = 10_000;

it('notices a run that begins right after the table was read', async () => {
  const source = fetchSource('#/runs', () => true);
  state = 'one run';
  await source.read(runsName);
  state = 'two runs';
  const changed = vi.fn(() => void source.read(runsName));
  const stop = source.watch!(runsName, changed);
  await vi.advanceTimersByTimeAsync(TICKS_MS);
  expect(changed).toHaveBeenCalledOnce();
  state = 'three runs';
  await vi.advanceTimersByTimeAsync(TICKS_MS);
  expect(changed).toHaveBeenCalledTimes(2);
  stop();
  state = 'four runs';
  await vi.advanceTimersByTimeAsync(TICKS_MS);
  expect(changed).toHaveBeenCalledTimes(2);
});
