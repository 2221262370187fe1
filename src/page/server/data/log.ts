/** What a stage printed, piece by piece. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../../../history/record.ts';
import { recordedLog } from '../../../history/stage-logs.ts';
import type { StoreLayout } from '../../../store/layout.ts';
import type { LogView } from '../../views/live-view.ts';

const MOST_BYTES = 262_144;

/** The file that a stage of a recorded run wrote; undefined if it has none. */
export function logOfStage(layout: StoreLayout, record: RunRecord, stage: string): string | undefined {
  const recorded = Object.hasOwn(record.stages, stage) ? record.stages[stage] : undefined;
  return recorded && recordedLog(layout, recorded)?.path;
}

/** The path of a log that an event names, in this store: an event of another machine has another path. */
export function logNamed(layout: StoreLayout, path: string): string {
  return join(layout.logs, path.replace(/^.*[/\\]/, ''));
}

/** From byte `from` on, or the last piece where that is negative. Undefined if there is no such file. */
export function readLog(path: string, from: number, isWritten: boolean): LogView | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size } = fstatSync(descriptor);
    const start = from < 0 ? Math.max(0, size - MOST_BYTES) : Math.min(from, size);
    const bytes = Buffer.alloc(Math.min(MOST_BYTES, size - start));
    const read = readSync(descriptor, bytes, 0, bytes.length, start);
    const whole = wholeCharacters(bytes.subarray(0, read), start > 0 && from < 0);
    return {
      text: whole.bytes.toString('utf8'),
      next: start + whole.skipped + whole.bytes.length,
      skipped: start + whole.skipped,
      isWritten: isWritten || start + read < size,
    };
  } finally {
    closeSync(descriptor);
  }
}

/** Without a character that is cut off at the end and, where the beginning is arbitrary, without a part of one. */
function wholeCharacters(
  bytes: Buffer,
  isCut: boolean,
): { readonly bytes: Buffer; readonly skipped: number } {
  const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
  let start = 0;
  if (isCut) while (start < 3 && isContinuation(bytes[start])) start += 1;
  let lead = bytes.length - 1;
  while (lead > bytes.length - 4 && isContinuation(bytes[lead])) lead -= 1;
  const first = bytes[lead] ?? 0;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  const end = lead >= 0 && lead + length > bytes.length ? lead : bytes.length;
  return { bytes: bytes.subarray(start, end), skipped: start };
}
