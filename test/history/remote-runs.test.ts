/** Records of a remote store that are not what their names say, or cannot be read. */
import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { receiveRecords } from '../../src/history/remote-runs.ts';
import { storeLayout } from '../../src/store/layout.ts';
import { storedEntries } from '../../src/store/remote/inventory.ts';
import type { ObjectInfo, Objects } from '../../src/store/remote/objects/objects.ts';
import { RemoteFault } from '../../src/store/remote/objects/remote-fault.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

const NAME = 'runs/20260131T000000Z-0001234.json';

/** A server that lists the names one after the other, slowly. */
function serverWith(names: readonly string[], read: () => Promise<Buffer>): Objects {
  async function* list(): AsyncGenerator<ObjectInfo> {
    for (const name of names) {
      yield { name, size: 1, modified: 0 };
      await delay(5);
    }
  }
  return { url: 'file:///server', read, list } as unknown as Objects;
}

const denied = (): Promise<Buffer> => Promise.reject(new RemoteFault('denied', 'not for you'));

describe('the records of a remote store', () => {
  it('leave out one whose id is not its name, which could be a path', async () => {
    const record = { format: 1, id: '../../escaped', started: '', spec: { name: 's' } };
    const text = JSON.stringify({ ...record, params: {}, parameters: {}, stages: {} });
    const server = serverWith([NAME], () => Promise.resolve(Buffer.from(text)));
    const { runs } = await receiveRecords(server, storeLayout(temporaryFolder()));
    expect(readdirSync(runs)).toEqual([]);
  });

  it('are refused as a whole where one cannot be read while the list goes on', async () => {
    const server = serverWith([NAME, 'runs/other'], denied);
    await expect(receiveRecords(server, storeLayout(temporaryFolder()))).rejects.toThrow('not for you');
  });
});

it('entries are refused as a whole where one cannot be read while the list goes on', async () => {
  const server = serverWith([`ac/made/${'0'.repeat(64)}`, 'ac/other'], denied);
  await expect(storedEntries(server, { signing: 'off', key: undefined })).rejects.toThrow('not for you');
});
