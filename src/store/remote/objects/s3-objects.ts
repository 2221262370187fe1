/** Objects of an S3 server. Every request is signed, and the server checks the hash of what it receives. */
import { createHash } from 'node:crypto';
import { answerFault, refused, s3ErrorOf } from './answers.ts';
import { rangeFrom, uploadWhole } from './http-objects.ts';
import { infoOf, openedOf } from './http-info.ts';
import { bodyOf, discard, type HttpAnswer } from './http-request.ts';
import type { Objects } from './objects.ts';
import { RemoteFault } from './remote-fault.ts';
import { listS3 } from './s3-list.ts';
import { MULTIPART_ABOVE, uploadInParts } from './s3-multipart.ts';
import { openS3, type S3Settings } from './s3-sender.ts';

export async function s3Objects(settings: S3Settings): Promise<Objects> {
  const { prefix, send } = await openS3(settings);
  const never = new AbortController().signal;
  return {
    url: settings.address,
    async read(name, signal) {
      const answer = await send('GET', name, { signal });
      if (answer.status === 200) return bodyOf(answer, signal);
      return absentOr(answer, `reading ${name}`, signal);
    },
    async open(name, from, signal) {
      const answer = await send('GET', name, { signal, headers: rangeFrom(from) });
      if (answer.status === 200 || answer.status === 206) return openedOf(answer, from);
      return absentOr(answer, `reading ${name}`, signal);
    },
    async head(name, signal) {
      const answer = await send('HEAD', name, { signal });
      if (answer.status !== 200) return absentOr(answer, `looking for ${name}`, signal);
      discard(answer);
      return infoOf(name, answer);
    },
    async write(name, content, { createOnly, signal }) {
      const answer = await send('PUT', name, {
        body: content,
        signal,
        payload: createHash('sha256').update(content).digest('hex'),
        headers: createOnly ? { 'if-none-match': '*' } : {},
      });
      if (answer.status === 200) {
        discard(answer);
        return 'written';
      }
      const error = await s3ErrorOf(answer, signal);
      if (answer.status === 412) return 'exists';
      // Another writer is at it in this moment: to be tried again.
      if (answer.status === 409) throw new RemoteFault('server', `writing ${name} is answered with 409`);
      throw answerFault(answer, `writing ${name}`, error);
    },
    async upload(name, file, signal) {
      if (file.size > MULTIPART_ABOVE) {
        await uploadInParts(send, name, file, signal);
        return;
      }
      await uploadWhole(file, async (body) => {
        const headers = { 'content-length': String(file.size) };
        const answer = await send('PUT', name, { body, signal, payload: file.sha256, headers });
        if (answer.status !== 200) throw await refused(answer, `writing ${name}`, signal);
        discard(answer);
      });
    },
    async remove(name) {
      const answer = await send('DELETE', name);
      if (answer.status !== 204 && answer.status !== 200) await absentOr(answer, `removing ${name}`, never);
      else discard(answer);
    },
    list: (names) => listS3(send, prefix, names),
  };
}

/** The words of servers for an object that is not there; the answer to HEAD has none. */
const ABSENT: readonly (string | undefined)[] = ['NoSuchKey', 'NoSuchObject', 'NotFound', undefined];

/** Undefined where there is no such object; a missing bucket, and a user whom versitygw does not know, are faults. */
async function absentOr(answer: HttpAnswer, doing: string, signal: AbortSignal): Promise<undefined> {
  const error = await s3ErrorOf(answer, signal);
  if (answer.status === 404 && ABSENT.includes(error.code)) return undefined;
  throw answerFault(answer, doing, error);
}
