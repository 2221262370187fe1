/** What the headers of an answer say about an object. */
import type { HttpAnswer } from './http-request.ts';
import type { ObjectInfo, OpenObject } from './objects.ts';

export function infoOf(name: string, { headers }: HttpAnswer): ObjectInfo {
  const modified = Date.parse(headers['last-modified'] ?? '');
  return {
    name,
    size: Number(headers['content-length'] ?? 0),
    modified: Number.isNaN(modified) ? 0 : modified,
  };
}

export function openedOf({ status, headers, body }: HttpAnswer, asked: number): OpenObject {
  const length = headers['content-length'];
  const from = status === 206 && (headers['content-range'] ?? '').startsWith(`bytes ${asked}-`) ? asked : 0;
  return { size: length === undefined ? undefined : from + Number(length), from, body };
}
