import type { IncomingMessage } from 'node:http';
import { RequestError } from './reply.ts';

/** The JSON of a request's body. Rejects with 413 as soon as there are more than `most` bytes. */
export async function readJsonBody(request: IncomingMessage, most: number): Promise<unknown> {
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? ''))
    throw new RequestError(415, 'E_BODY', 'The body has to be JSON, with Content-Type: application/json.');
  const tooLarge = (): RequestError =>
    new RequestError(413, 'E_BODY', `The body has more than ${most.toLocaleString('en-US')} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge();
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > most) throw tooLarge();
    pieces.push(piece);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces))) as unknown;
  } catch {
    throw new RequestError(400, 'E_BODY', 'The body is not valid JSON.');
  }
}
