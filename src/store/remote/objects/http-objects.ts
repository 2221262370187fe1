/** Objects of a plain HTTP server: GET, HEAD, PUT and DELETE of one URL each. Lists need nginx's JSON index. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { answerFault, NO_S3_ERROR } from './answers.ts';
import { bodyOf, discard, openSender, type HttpAnswer, type HttpRequest } from './http-request.ts';
import type { LocalFile, ObjectInfo, Objects } from './objects.ts';
import { RemoteFault } from './remote-fault.ts';
import { checkedStream } from './checked-stream.ts';
import { infoOf, openedOf } from './http-info.ts';

/** `authorization`: the value of the header, if any. */
export async function httpObjects(address: string, authorization: string | undefined): Promise<Objects> {
  const base = new URL(address.endsWith('/') ? address : `${address}/`);
  const send = await openSender(base);
  const headers = authorization === undefined ? {} : { authorization };
  const request = (
    method: HttpRequest['method'],
    name: string,
    more: Partial<HttpRequest>,
  ): Promise<HttpAnswer> =>
    send({
      method,
      url: new URL(encodeName(name), base),
      signal: new AbortController().signal,
      ...more,
      headers: { ...headers, ...more.headers },
    });
  const refused = (answer: HttpAnswer, doing: string): RemoteFault => {
    discard(answer);
    return answerFault(answer, doing, NO_S3_ERROR);
  };

  return {
    url: address,
    async read(name, signal) {
      const answer = await request('GET', name, { signal });
      if (answer.status === 200) return bodyOf(answer, signal);
      if (isAbsent(answer)) return undefined;
      throw refused(answer, `reading ${name}`);
    },
    async open(name, from, signal) {
      const answer = await request('GET', name, { signal, headers: rangeFrom(from) });
      if (answer.status === 200 || answer.status === 206) return openedOf(answer, from);
      if (isAbsent(answer)) return undefined;
      throw refused(answer, `reading ${name}`);
    },
    async head(name, signal) {
      const answer = await request('HEAD', name, { signal });
      discard(answer);
      if (answer.status === 200) return infoOf(name, answer);
      if (isAbsent(answer)) return undefined;
      throw refused(answer, `looking for ${name}`);
    },
    async write(name, content, { createOnly, signal }) {
      const answer = await request('PUT', name, {
        body: content,
        signal,
        headers: createOnly ? { 'if-none-match': '*' } : {},
      });
      if (isWritten(answer)) return 'written';
      if (answer.status === 412) {
        discard(answer);
        return 'exists';
      }
      throw refused(answer, `writing ${name}`);
    },
    async upload(name, file, signal) {
      const send = async (body: () => Readable): Promise<void> => {
        const size = { 'content-length': String(file.size) };
        const answer = await request('PUT', name, { body, signal, headers: size });
        if (!isWritten(answer)) throw refused(answer, `writing ${name}`);
      };
      try {
        await uploadWhole(file, send);
      } catch (error) {
        // The server has no hash to compare with, so what it took has to go again.
        if (error instanceof RemoteFault && error.kind === 'changed')
          discard(await request('DELETE', name, {}));
        throw error;
      }
    },
    async remove(name) {
      const answer = await request('DELETE', name, {});
      discard(answer);
      if (![200, 202, 204, 404, 410].includes(answer.status)) throw refused(answer, `removing ${name}`);
    },
    list: (prefix) => listed(prefix, request, refused),
  };
}

/** Sends a file of which every byte is checked on the way. */
export async function uploadWhole(
  file: LocalFile,
  send: (body: () => Readable) => Promise<void>,
): Promise<void> {
  let check: ReturnType<typeof checkedStream> | undefined;
  await send(
    () => (check = checkedStream(createReadStream(file.path, { highWaterMark: 1 << 20 }), file)).stream,
  );
  check?.confirm();
}

const encodeName = (name: string): string => name.split('/').map(encodeURIComponent).join('/');

export const rangeFrom = (from: number): Record<string, string> => ({
  // With compression in transit, the length would not be that of the object.
  'accept-encoding': 'identity',
  ...(from > 0 ? { range: `bytes=${from}-` } : {}),
});

function isAbsent(answer: HttpAnswer): boolean {
  if (answer.status !== 404 && answer.status !== 410) return false;
  discard(answer);
  return true;
}

function isWritten(answer: HttpAnswer): boolean {
  if (![200, 201, 204].includes(answer.status)) return false;
  discard(answer);
  return true;
}

/** One entry of nginx's `autoindex_format json`. */
interface IndexEntry {
  readonly name: string;
  readonly type: 'file' | 'directory';
  readonly mtime: string;
  readonly size?: number;
}

async function* listed(
  prefix: string,
  request: (method: 'GET', name: string, more: Partial<HttpRequest>) => Promise<HttpAnswer>,
  refused: (answer: HttpAnswer, doing: string) => RemoteFault,
): AsyncGenerator<ObjectInfo> {
  const signal = AbortSignal.timeout(60_000);
  const answer = await request('GET', prefix, { signal });
  if (isAbsent(answer)) return;
  if (answer.status !== 200) throw refused(answer, `listing ${prefix}`);
  let entries: readonly IndexEntry[];
  try {
    entries = JSON.parse((await bodyOf(answer, signal)).toString('utf8')) as readonly IndexEntry[];
  } catch (error) {
    throw new RemoteFault('unsupported', 'the server does not list its files as JSON', {
      hint: 'In nginx, set `autoindex on; autoindex_format json;` for this location.',
      cause: error,
    });
  }
  for (const { name, type, mtime, size = 0 } of entries) {
    if (type === 'directory') yield* listed(`${prefix}${name}/`, request, refused);
    else yield { name: `${prefix}${name}`, size, modified: Date.parse(mtime) };
  }
}
