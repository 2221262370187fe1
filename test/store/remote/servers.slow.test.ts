/** Remote stores on real servers: versitygw or moto for S3, nginx for HTTP, and a proxy that does what networks do. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { entryName, contentName } from '../../../src/store/remote/names.ts';
import { createOnlyOf } from '../../../src/store/remote/create-only.ts';
import { openObjects } from '../../../src/store/remote/open-objects.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';
import { storeContract } from '../store-contract.ts';
import { machine, sealed, type Settings } from './fixtures.ts';
import {
  CREDENTIALS,
  NO_NGINX,
  NO_S3,
  S3_NAME,
  startFaultProxy,
  startNginx,
  startS3,
  type AtEnd,
  type FaultProxy,
} from './servers.ts';

const SIGNAL = new AbortController().signal;
let stores = 0;

interface Server {
  readonly name: string;
  readonly missing: string | undefined;
  /** Starts it; the settings are of a new store each time, through `through` where it is given. */
  readonly start: (atEnd: AtEnd) => Promise<(through?: string) => Settings>;
  readonly target: (settings: Settings) => string;
  readonly createOnly: boolean;
}

const SERVERS: readonly Server[] = [
  {
    name: `${S3_NAME} (S3)`,
    missing: NO_S3,
    createOnly: true,
    async start(atEnd) {
      const endpoint = await startS3(atEnd);
      return (through = endpoint) => ({
        address: `s3://store/team-${++stores}`,
        endpoint: through,
        env: CREDENTIALS,
      });
    },
    target: ({ endpoint }) => endpoint!,
  },
  {
    name: 'nginx (HTTP)',
    missing: NO_NGINX,
    createOnly: false,
    async start(atEnd) {
      const { url } = await startNginx(atEnd);
      return (through = url) => ({ address: `${through}/cache-${++stores}` });
    },
    target: ({ address }) => new URL(address).origin,
  },
];

for (const { name, missing, start, target, createOnly } of SERVERS)
  describe.skipIf(missing !== undefined)(
    `a remote store on ${name}${missing === undefined ? '' : `: ${missing}`}`,
    () => {
      let settingsFor: (through?: string) => Settings;
      const ends: (() => void | Promise<void>)[] = [];
      beforeAll(async () => {
        settingsFor = await start((work) => ends.push(work));
      }, 120_000);
      afterAll(async () => {
        for (const end of ends.reverse()) await end();
      });

      const throughProxy = async (): Promise<{ settings: Settings; proxy: FaultProxy }> => {
        const proxy = await startFaultProxy(target(settingsFor()));
        return { settings: settingsFor(proxy.url), proxy };
      };
      const published = async (
        settings: Settings,
        ...all: readonly ReturnType<typeof sealed>[]
      ): Promise<void> => {
        const first = machine(settings);
        for (const one of all) await first.store.put(one);
        await first.uploaded();
        expect(first.remote.pending().artifacts).toBe(0);
      };

      storeContract(() => {
        const settings = settingsFor();
        const { store, uploaded, layout, remote } = machine(settings);
        const objects = remote.objects();
        return {
          store: {
            ...store,
            async put(...asked) {
              const put = await store.put(...asked);
              await uploaded();
              return put;
            },
            // The contract damages in one step and looks in the next, and this damage takes a request.
            async find(...asked) {
              await damaging;
              return store.find(...asked);
            },
          },
          damage(kind, key, file) {
            const manifest = sealed(1, { [file]: 'one\n' }).manifest;
            writeFileSync(join(layout.root, kind, key, 'manifest.json.damaged'), '');
            damaging = (async () => {
              const { chmodSync, truncateSync } = await import('node:fs');
              chmodSync(join(layout.root, kind, key, file), 0o644);
              truncateSync(join(layout.root, kind, key, file), 1);
              const blob = contentName(manifest.files[0]!.sha256);
              await (await objects).write(blob, Buffer.from('o'), { createOnly: false, signal: SIGNAL });
            })();
          },
        };
      });
      let damaging: Promise<void> | undefined;

      it(`${createOnly ? 'can' : 'cannot'} write only what is not there, which is tried out once`, async () => {
        const objects = await openObjects({
          mode: 'read-write',
          push: true,
          signing: 'off',
          env: {},
          ...settingsFor(),
        });
        const cache = temporaryFolder();
        expect(await createOnlyOf(objects, cache, SIGNAL)).toEqual({ createOnly, first: true });
        expect(await createOnlyOf(objects, cache, SIGNAL)).toEqual({ createOnly, first: false });
        for await (const left of objects.list('probe/')) expect(left).toBeUndefined();
      });

      it('lists what it has, with sizes and times', async () => {
        const settings = settingsFor();
        await published(settings, sealed(1, { 'a b.txt': 'one\n' }), sealed(2, { 'c.txt': 'three\n' }));
        const objects = await machine(settings).remote.objects();
        const sizes: number[] = [];
        for await (const { name: listed, size, modified } of objects.list('cas/')) {
          expect(listed).toMatch(/^cas\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64}$/);
          expect(Math.abs(modified - Date.now())).toBeLessThan(3_600_000);
          sizes.push(size);
        }
        expect(sizes.sort()).toEqual([4, 6]);
      });

      it.each([
        ['late', -3_600_000],
        ['early', 3_600_000],
      ])('serves a machine whose clock is an hour %s', async (_, off) => {
        const settings = settingsFor();
        const { now } = Date;
        const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + off);
        onTestFinished(() => {
          clock.mockRestore();
        });
        await published(settings, sealed(1));
        expect(await machine(settings).store.fetch('made', sealed(1).manifest.key)).toBeDefined();
        clock.mockRestore();
        expect(await machine(settings).store.fetch('made', sealed(1).manifest.key)).toBeDefined();
      });

      it('asks for manifests alone, many at a time and each once', async () => {
        const { settings, proxy } = await throughProxy();
        const all = Array.from({ length: 40 }, (_, id) => sealed(id));
        await published(settings, ...all);
        proxy.requests.length = 0;
        const { store } = machine(settings);
        const find = (): Promise<unknown[]> =>
          Promise.all(all.map(({ manifest }) => store.find('made', manifest.key)));
        expect(await find()).toEqual(all.map(() => expect.objectContaining({ state: 'found' }) as unknown));
        await find();
        expect(proxy.requests).toHaveLength(40);
        expect(proxy.requests.every((request) => request.includes('/ac/made/'))).toBe(true);
      });

      it('takes up a transfer where it was cut', async () => {
        const { settings, proxy } = await throughProxy();
        const one = sealed(1, { 'large.txt': 'some text\n'.repeat(200_000) });
        await published(settings, one);
        proxy.faults = { only: /^GET .*\/cas\//, cutAfter: 500_000, times: 2 };
        proxy.requests.length = 0;
        const { store, notices } = machine(settings);
        expect(await store.fetch('made', one.manifest.key)).toBeDefined();
        expect(notices).toEqual([]);
        expect(proxy.requests.filter((request) => request.includes('/cas/'))).toHaveLength(3);
      });

      it('tries again what the server failed at', async () => {
        const { settings, proxy } = await throughProxy();
        proxy.faults = { status: 500, times: 2 };
        await published(settings, sealed(1));
        proxy.faults = { status: 503, times: 2 };
        const { store, notices } = machine(settings);
        expect(await store.fetch('made', sealed(1).manifest.key)).toBeDefined();
        expect(notices).toEqual([]);
      });

      it.each([
        ['answers 500', 5_000, { status: 500 }, /is not used: reading ac\/made\/.* is answered with 500/],
        ['is slow', 300, { delayMs: 10_000 }, /is not used: it did not answer within 0\.3 s/],
        ['refuses access', 5_000, { status: 403 }, /is not used: reading ac\/made\/.* is answered with 403/],
      ])('that %s counts as empty, with one warning for all stages', async (_, findMs, faults, warning) => {
        const { settings, proxy } = await throughProxy();
        await published(settings, sealed(1));
        proxy.faults = faults;
        const { store, notices, uploaded, remote } = machine(settings, findMs);
        const finds = [1, 2, 3, 4].map((id) => store.find('made', sealed(id).manifest.key));
        expect(await Promise.all(finds)).toEqual(finds.map(() => ({ state: 'absent' })));
        for (const id of [2, 3]) await store.put(sealed(id));
        await uploaded();
        expect(notices).toEqual([expect.stringMatching(warning)]);
        expect(remote.pending().artifacts).toBe(2);
        expect((await store.find('made', sealed(2).manifest.key)).state).toBe('found');
      });

      it('that refuses connections counts as empty at once', async () => {
        const { settings } = await throughProxy();
        const { port } = new URL(target(settings));
        const gone = JSON.parse(JSON.stringify(settings).replaceAll(`:${port}`, ':9')) as Settings;
        const { store, notices } = machine(gone);
        expect(await store.find('made', sealed(1).manifest.key)).toEqual({ state: 'absent' });
        expect(notices).toEqual([expect.stringContaining('is not used: the connection is refused')]);
      });

      it('that refuses uploads is still read', async () => {
        const { settings, proxy } = await throughProxy();
        await published(settings, sealed(1));
        proxy.faults = { only: /^PUT /, status: 403 };
        const { store, notices, uploaded, remote } = machine(settings);
        for (const id of [2, 3, 4]) await store.put(sealed(id));
        await uploaded();
        expect(await store.fetch('made', sealed(1).manifest.key)).toBeDefined();
        expect(notices).toEqual([expect.stringMatching(/takes no uploads: writing .* is answered with 403/)]);
        expect(remote.pending().artifacts).toBe(3);
      });

      it('never has an entry whose files are not there', async () => {
        const { settings, proxy } = await throughProxy();
        proxy.faults = { only: /^PUT .*\/cas\//, status: 500 };
        const { store, uploaded } = machine(settings);
        await store.put(sealed(1));
        await uploaded();
        expect(proxy.requests.some((request) => request.startsWith('PUT') && request.includes('/ac/'))).toBe(
          false,
        );
        const objects = await machine(settings).remote.objects();
        expect(await objects.read(entryName('made', sealed(1).manifest.key), SIGNAL)).toBeUndefined();
      }, 20_000);
    },
  );
