import { expect, it } from 'vitest';
import { shownAddress } from '../../../../src/execute/executors/queue/redis.ts';

it('the address of a queue is shown without user and password', () => {
  expect(shownAddress('redis://box:6379')).toBe('redis://box:6379');
  expect(shownAddress('rediss://me:secret@box:6380/2')).toBe('rediss://box:6380/2');
});
