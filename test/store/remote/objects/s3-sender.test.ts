import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openS3 } from '../../../../src/store/remote/objects/s3-sender.ts';

const HOUR = 3_600_000;
const QUARTER = HOUR / 4;

/** Refuses requests as S3 does whose time is more than a quarter of an hour from its own. Returns the answers it gave. */
async function serverWithClock(now: () => number): Promise<{ endpoint: string; answers: number[] }> {
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(
      request.headers['x-amz-date'] as string,
    )!;
    const [year, month, ...rest] = parts.map(Number) as [number, number, number, number, number, number];
    const off = Math.abs(Date.UTC(year, month - 1, ...rest) - now());
    answers.push(off > QUARTER ? 403 : 200);
    response.sendDate = false;
    response.writeHead(answers.at(-1)!, { date: new Date(now()).toUTCString() });
    response.end(off > QUARTER ? '<Error><Code>RequestTimeTooSkewed</Code></Error>' : 'content');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers };
}

it.each([
  ['behind', HOUR],
  ['ahead of', -HOUR],
])('a clock an hour %s that of the server costs one more request, once', async (_, ahead) => {
  const { now } = Date;
  const { endpoint, answers } = await serverWithClock(() => now() + ahead);
  const { send } = await openS3({
    address: 's3://bucket/prefix',
    endpoint,
    pathStyle: undefined,
    region: undefined,
    credentials: {
      from: 'a test',
      region: undefined,
      get: () => Promise.resolve({ accessKeyId: 'key', secretAccessKey: 'secret' }),
    },
  });
  for (const name of ['one', 'two', 'three']) {
    const answer = await send('GET', name);
    expect(answer.status).toBe(200);
    answer.body.resume();
  }
  expect(answers).toEqual([403, 200, 200, 200]);
});
