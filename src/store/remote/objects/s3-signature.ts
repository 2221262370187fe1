/**
 * AWS Signature Version 4 for requests with headers, as S3 wants it (one encoding of the path). The package aws4fetch
 * does the same with web classes, whose first use takes a tenth of a second; the tests compare the two.
 */
import { createHash, createHmac } from 'node:crypto';
import type { Credentials } from './credentials.ts';

/** Stands for a body that is not part of the signature. */
export const UNSIGNED = 'UNSIGNED-PAYLOAD';
export const EMPTY_SHA256 = createHash('sha256').digest('hex');

export interface ToSign {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body in hexadecimal, which the server checks, or `UNSIGNED`. */
  readonly payload: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** All headers of the request, the signature included. */
export function signed({
  method,
  url,
  headers,
  payload,
  region,
  credentials,
  at,
}: ToSign): Record<string, string> {
  const moment = new Date(at).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const all: Record<string, string> = {
    ...headers,
    'x-amz-content-sha256': payload,
    'x-amz-date': moment,
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
  };
  const toSign = { host: url.host, ...all };
  const names = Object.keys(toSign)
    .filter((name) => !NOT_SIGNED.has(name))
    .sort();
  const request = [
    method,
    url.pathname,
    canonicalQuery(url),
    ...names.map((name) => `${name}:${toSign[name as 'host'].trim().replace(/\s+/g, ' ')}`),
    '',
    names.join(';'),
    payload,
  ].join('\n');
  const scope = `${moment.slice(0, 8)}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', moment, scope, sha256(request)].join('\n');
  const signature = hmac(keyFor(credentials.secretAccessKey, moment.slice(0, 8), region), text).toString(
    'hex',
  );
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** Proxies may change them on the way. */
const NOT_SIGNED = new Set(['range', 'content-length', 'content-type', 'accept-encoding', 'user-agent']);

function keyFor(secret: string, date: string, region: string): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), 's3'), 'aws4_request');
}

function canonicalQuery({ searchParams }: URL): string {
  return [...searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
}

/** RFC 3986: more than `encodeURIComponent` does. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
