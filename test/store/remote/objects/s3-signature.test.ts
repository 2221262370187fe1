import { AwsV4Signer } from 'aws4fetch';
import { expect, it } from 'vitest';
import {
  EMPTY_SHA256,
  encoded,
  signed,
  UNSIGNED,
} from '../../../../src/store/remote/objects/s3-signature.ts';

const AT = Date.parse('2026-01-31T12:00:00.000Z');
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

async function ofAws4fetch(
  method: string,
  url: string,
  headers: Record<string, string>,
  token?: string,
): Promise<string> {
  const signer = new AwsV4Signer({
    method,
    url,
    headers,
    ...KEYS,
    ...(token === undefined ? {} : { sessionToken: token }),
    service: 's3',
    region: 'eu-central-1',
    datetime: '20260131T120000Z',
  });
  return (await signer.sign()).headers.get('authorization')!;
}

it.each([
  ['GET', 'https://bucket.s3.eu-central-1.amazonaws.com/team/ac/train/abc', {}],
  ['GET', 'http://127.0.0.1:9000/bucket/', {}],
  ['GET', 'http://127.0.0.1:9000/bucket/?list-type=2&prefix=a%20b%2Fc&continuation-token=1%2F%2Bx%3D', {}],
  [
    'PUT',
    `http://127.0.0.1:9000/bucket/${['a b', "it's (1)*!", 'ü'].map(encoded).join('/')}`,
    { 'if-none-match': '*' },
  ],
  ['PUT', 'http://host/b/k', { 'x-amz-content-sha256': EMPTY_SHA256 }],
  ['POST', 'https://host/b/k?uploads=', { range: 'bytes=5-' }],
])('signs %s %s as aws4fetch does', async (method, url, headers: Record<string, string>) => {
  const payload = headers['x-amz-content-sha256'] ?? UNSIGNED;
  const own = signed({
    method,
    url: new URL(url),
    headers,
    payload,
    region: 'eu-central-1',
    credentials: KEYS,
    at: AT,
  });
  expect(own['authorization']).toBe(await ofAws4fetch(method, url, headers));
});

it('signs the token of temporary credentials', async () => {
  const url = 'https://host/bucket/key';
  const credentials = { ...KEYS, sessionToken: 'FwoGZXIvYXdzEXAMPLE' };
  const own = signed({
    method: 'GET',
    url: new URL(url),
    headers: {},
    payload: UNSIGNED,
    region: 'eu-central-1',
    credentials,
    at: AT,
  });
  expect(own['authorization']).toBe(await ofAws4fetch('GET', url, {}, 'FwoGZXIvYXdzEXAMPLE'));
  expect(own['x-amz-security-token']).toBe('FwoGZXIvYXdzEXAMPLE');
});
