import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, it, vi } from 'vitest';
import { clientOf, goneSignal } from '../../../src/page/server/reply.ts';

const exchange = (destroyed = false) => {
  const response = Object.assign(new EventEmitter(), { writableFinished: false });
  const client = clientOf({ destroyed } as unknown as IncomingMessage, response as unknown as ServerResponse);
  return { response, client, gone: vi.fn() };
};

it('a client that goes before it is answered is noticed once, also by those who ask afterwards', () => {
  const { response, client, gone } = exchange();
  client.onGone(gone);
  expect([client.hasGone, gone.mock.calls.length]).toEqual([false, 0]);
  response.emit('close');
  client.onGone(gone);
  expect([client.hasGone, gone.mock.calls.length]).toEqual([true, 2]);
  expect(goneSignal(client).aborted).toBe(true);
});

it('a client that was gone from the beginning is noticed', () => {
  const { client, gone } = exchange(true);
  client.onGone(gone);
  expect(gone).toHaveBeenCalledOnce();
});

it('a client that was answered has not gone', () => {
  const { response, client, gone } = exchange();
  client.onGone(gone);
  response.writableFinished = true;
  response.emit('close');
  expect([client.hasGone, gone.mock.calls.length]).toEqual([false, 0]);
});
