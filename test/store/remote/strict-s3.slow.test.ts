/** What the S3 client says to a server that checks signatures, hashes and times, as S3 itself does. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentName } from '../../../src/store/remote/names.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';
import { machine, sealed, type Settings } from './fixtures.ts';
import { CREDENTIALS, NO_S3, S3_NAME, startS3 } from './servers.ts';

const SIGNAL = new AbortController().signal;
let stores = 0;

describe.skipIf(NO_S3 !== undefined || S3_NAME !== 'versitygw')(
  'an S3 server that checks what it is sent (needs versitygw)',
  () => {
    let endpoint: string;
    const ends: (() => void | Promise<void>)[] = [];
    beforeAll(async () => {
      endpoint = await startS3((work) => ends.push(work));
    }, 120_000);
    afterAll(async () => {
      for (const end of ends.reverse()) await end();
    });

    const settings = (more: Partial<Settings> = {}): Settings => ({
      address: `s3://store/strict-${++stores}`,
      endpoint,
      env: CREDENTIALS,
      ...more,
    });

    it.each([
      [
        'a wrong secret',
        { env: { ...CREDENTIALS, AWS_SECRET_ACCESS_KEY: 'wrong' } },
        /403 SignatureDoesNotMatch/,
      ],
      [
        'a wrong key',
        { env: { ...CREDENTIALS, AWS_ACCESS_KEY_ID: 'AKIDNOBODY' } },
        /is not used: .* is answered with 40[34] (InvalidAccessKeyId|XAdminUserNotFound)/,
      ],
      ['no credentials', { env: {} }, /403 AccessDenied/],
      [
        'another region',
        { region: 'eu-north-1' },
        /40[03] \w*(Region|AuthorizationHeaderMalformed|AuthorizationQuery)/,
      ],
      ['a bucket that is not there', { address: 's3://nothere/team' }, /404 NoSuchBucket/],
    ])('%s is named, once', async (_, wrong: Partial<Settings>, said) => {
      const { store, notices, uploaded } = machine(settings(wrong));
      for (const id of [1, 2]) {
        expect(await store.find('made', sealed(id).manifest.key)).toEqual({ state: 'absent' });
        await store.put(sealed(id));
      }
      await uploaded();
      expect(notices).toEqual([expect.stringMatching(said)]);
    });

    it('takes a file in parts, and never keeps one that changed on its way', async () => {
      const target = settings();
      const size = 80 * 2 ** 20;
      const large = sealed(1, { 'large.bin': 'x'.repeat(size) });
      const first = machine(target);
      await first.store.put(large);
      await first.uploaded();
      expect([first.notices, first.remote.pending().artifacts]).toEqual([[], 0]);
      const [file] = large.manifest.files;
      const objects = await machine(target).remote.objects();
      expect(await objects.head(contentName(file!.sha256), SIGNAL)).toMatchObject({ size });
      expect(await machine(target).store.fetch('made', large.manifest.key)).toBeDefined();

      const path = join(temporaryFolder(), 'other.bin');
      writeFileSync(path, 'y'.repeat(size));
      const other = { ...file!, path, sha256: file!.sha256.replace(/^./, (c) => (c === '0' ? '1' : '0')) };
      await expect(objects.upload(contentName(other.sha256), other, SIGNAL)).rejects.toThrow(
        'has other bytes than when it was made',
      );
      expect(await objects.head(contentName(other.sha256), SIGNAL)).toBeUndefined();
    });
  },
);
