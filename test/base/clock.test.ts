import { expect, it } from 'vitest';
import { sleep } from '../../src/base/clock.ts';

it('a pause of more than 24.8 days, as a long timeout is one, does not end at once', async () => {
  const ended = new AbortController();
  const pause = sleep(30 * 86_400_000, ended.signal).then(
    () => 'over',
    () => 'stopped',
  );
  await sleep(50);
  ended.abort();
  expect(await pause).toBe('stopped');
  await sleep(0);
});
