/** Signed requests to one S3 server, for one bucket and the names below one prefix. */
import { now } from '../../../base/clock.ts';
import type { CredentialSource } from './credentials.ts';
import { discard, openSender, type HttpAnswer, type HttpRequest } from './http-request.ts';
import { EMPTY_SHA256, encoded, signed } from './s3-signature.ts';

export interface S3Settings {
  /** `s3://bucket/prefix` */
  readonly address: string;
  readonly endpoint: string | undefined;
  readonly pathStyle: boolean | undefined;
  readonly region: string | undefined;
  readonly credentials: CredentialSource;
}

export interface S3Request extends Partial<Omit<HttpRequest, 'url' | 'method'>> {
  readonly query?: Readonly<Record<string, string>>;
  /** SHA-256 of the body. */
  readonly payload?: string;
}

/** A request for one object, or for the bucket where the name is `null`. */
export type S3Sender = (
  method: HttpRequest['method'],
  name: string | null,
  request?: S3Request,
) => Promise<HttpAnswer>;

export async function openS3(
  settings: S3Settings,
): Promise<{ readonly prefix: string; readonly send: S3Sender }> {
  const { hostname: bucket, pathname } = new URL(settings.address);
  const prefix = decodeURIComponent(pathname).replace(/^\/+|\/+$/g, '');
  const region = settings.region ?? settings.credentials.region ?? 'us-east-1';
  const endpoint = new URL(settings.endpoint ?? `https://s3.${region}.amazonaws.com`);
  const pathStyle = settings.pathStyle ?? (settings.endpoint !== undefined || bucket.includes('.'));
  const host = pathStyle ? endpoint.host : `${bucket}.${endpoint.host}`;
  const root = `${endpoint.protocol}//${host}${endpoint.pathname.replace(/\/$/, '')}${pathStyle ? `/${bucket}` : ''}`;
  const transport = await openSender(endpoint);
  /** How far the server's clock is ahead of ours: a signature counts for a quarter of an hour only. */
  let ahead = 0;

  const once = async (
    method: HttpRequest['method'],
    name: string | null,
    { query = {}, payload = EMPTY_SHA256, headers = {}, signal, ...rest }: S3Request,
  ): Promise<HttpAnswer> => {
    const path = name === null ? '' : [prefix, name].filter((part) => part !== '').join('/');
    const url = new URL(`${root}/${path.split('/').map(encoded).join('/')}`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    url.search = url.search.replaceAll('+', '%20');
    const credentials = await settings.credentials.get();
    const all = credentials
      ? signed({ method, url, headers, payload, region, credentials, at: now() + ahead })
      : headers;
    const answer = await transport({
      ...rest,
      method,
      url,
      headers: all,
      signal: signal ?? new AbortController().signal,
    });
    return credentials ? answer : { ...answer, unsigned: settings.credentials.from };
  };
  const send: S3Sender = async (method, name, request = {}) => {
    const answer = await once(method, name, request);
    const date = Date.parse(answer.headers.date ?? '');
    const off = answer.status === 403 && !Number.isNaN(date) ? date - now() - ahead : 0;
    if (Math.abs(off) < 5 * 60_000) return answer;
    discard(answer);
    ahead += off;
    return once(method, name, request);
  };
  return { prefix, send };
}
