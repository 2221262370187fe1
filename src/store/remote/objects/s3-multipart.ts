/**
 * A large file to S3 in parts, several at a time. The file's own hash is compared before the parts become an object, so
 * an object with other bytes never exists. What a killed process leaves is not an object either.
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { changed } from './checked-stream.ts';
import { bodyOf, discard } from './http-request.ts';
import type { LocalFile } from './objects.ts';
import { RemoteFault } from './remote-fault.ts';
import { refused } from './answers.ts';
import type { S3Sender } from './s3-sender.ts';
import { retried } from '../retry.ts';

const MIB = 2 ** 20;
export const MULTIPART_ABOVE = 64 * MIB;
const PART = 16 * MIB;
/** S3's limit is 10,000. */
const MOST_PARTS = 9_000;
const AT_ONCE = 4;

interface Part {
  readonly number: number;
  readonly etag: string;
}

export async function uploadInParts(
  send: S3Sender,
  name: string,
  file: LocalFile,
  signal: AbortSignal,
): Promise<void> {
  const doing = `writing ${name}`;
  const begun = await send('POST', name, { query: { uploads: '' }, signal });
  if (begun.status !== 200) throw await refused(begun, doing, signal);
  const [, upload] = /<UploadId>([^<]+)</.exec((await bodyOf(begun, signal)).toString('utf8')) ?? [];
  if (upload === undefined) throw new RemoteFault('unsupported', 'the server does not take uploads in parts');
  try {
    const parts = await sendParts(send, name, upload, file, signal);
    const body = Buffer.from(completeXml(parts));
    const payload = createHash('sha256').update(body).digest('hex');
    const ended = await send('POST', name, { query: { uploadId: upload }, body, payload, signal });
    if (ended.status !== 200) throw await refused(ended, doing, signal);
    // S3 may answer 200 and only then find that it failed.
    const text = (await bodyOf(ended, signal)).toString('utf8');
    if (text.includes('<Error>'))
      throw new RemoteFault('server', `${doing} failed when its parts were put together`);
  } catch (error) {
    await abandon(send, name, upload);
    throw error;
  }
}

/** Parts are read and hashed in order, and sent several at a time. */
async function sendParts(
  send: S3Sender,
  name: string,
  upload: string,
  file: LocalFile,
  signal: AbortSignal,
): Promise<readonly Part[]> {
  const length = Math.max(PART, Math.ceil(file.size / MOST_PARTS / MIB) * MIB);
  const whole = createHash('sha256');
  const parts: Part[] = [];
  const running = new Set<Promise<void>>();
  const source = await open(file.path);
  try {
    for (let from = 0, number = 1; from < file.size; from += length, number += 1) {
      const body = await read(source, from, Math.min(length, file.size - from), file);
      whole.update(body);
      const sent = retried(() => sendPart(send, name, upload, number, body, signal), signal).then((etag) => {
        parts.push({ number, etag });
        running.delete(sent);
      });
      running.add(sent);
      sent.catch(() => undefined);
      if (running.size >= AT_ONCE) await Promise.race(running);
    }
    await Promise.all(running);
  } finally {
    await source.close();
  }
  if (whole.digest('hex') !== file.sha256) throw changed(file);
  return parts.sort((a, b) => a.number - b.number);
}

async function read(source: FileHandle, from: number, length: number, file: LocalFile): Promise<Buffer> {
  const body = Buffer.allocUnsafe(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await source.read(body, done, length - done, from + done);
    if (bytesRead === 0) throw changed(file);
    done += bytesRead;
  }
  return body;
}

async function sendPart(
  send: S3Sender,
  name: string,
  upload: string,
  number: number,
  body: Buffer,
  signal: AbortSignal,
): Promise<string> {
  const payload = createHash('sha256').update(body).digest('hex');
  const query = { partNumber: String(number), uploadId: upload };
  const answer = await send('PUT', name, { query, body, payload, signal });
  if (answer.status !== 200) throw await refused(answer, `writing part ${number} of ${name}`, signal);
  discard(answer);
  return answer.headers.etag ?? '';
}

function completeXml(parts: readonly Part[]): string {
  const items = parts.map(
    ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${items.join('')}</CompleteMultipartUpload>`;
}

/** Frees the parts. Where that fails, the bucket's rule for incomplete uploads does it. */
async function abandon(send: S3Sender, name: string, upload: string): Promise<void> {
  try {
    discard(await send('DELETE', name, { query: { uploadId: upload }, signal: AbortSignal.timeout(5_000) }));
  } catch {
    // There is nothing more to do about it.
  }
}
