import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sendEvents } from '../../../src/page/server/events.ts';
import { readLog } from '../../../src/page/server/data/log.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';
import { eventually } from '../../helpers/eventually.ts';

it('sends what is recorded after the last event that the client has, and what is written meanwhile', async () => {
  const file = join(temporaryFolder(), 'run.ndjson');
  writeFileSync(
    file,
    '{"type":"a"}\n{"type":"b"}\n{"type":"stage-started","reasons":[{"type":"never-run"}]}\n{"ty',
  );
  let isOpen = true;
  const server = createServer((_, response) => {
    void sendEvents(response, {
      file,
      after: 1,
      isWritten: () => isOpen,
      gone: new AbortController().signal,
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  let text = '';
  const reading = (async () => {
    for await (const piece of response.body!) text += Buffer.from(piece as Uint8Array).toString();
  })();
  await eventually('the third event', () => text.includes('id: 3'));
  appendFileSync(file, 'pe":"d"}\n');
  await eventually('the fourth event', () => text.includes('id: 4'));
  isOpen = false;
  await reading;
  server.close();
  const events = text.split('\n\n').filter((block) => block.startsWith('id:'));
  expect(events).toEqual([
    'id: 2\ndata: {"type":"b"}',
    'id: 3\ndata: {"type":"stage-started","reasons":["has not run before"]}',
    'id: 4\ndata: {"type":"d"}',
  ]);
  expect(text).toMatch(/event: end\ndata: \{\}\n\n$/);
});

it('a log is read piece by piece, and no character is cut in two', () => {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'a.log');
  const bytes = Buffer.from('one 👋 two');
  writeFileSync(path, bytes.subarray(0, 6));
  const first = readLog(path, 0, true)!;
  expect(first).toMatchObject({ text: 'one ', next: 4, isWritten: true });
  writeFileSync(path, bytes);
  expect(readLog(path, first.next, false)).toMatchObject({
    text: '👋 two',
    next: bytes.length,
    isWritten: false,
  });
  expect(readLog(join(folder, 'none.log'), 0, true)).toBeUndefined();
});
