/** Checks JSON values before they are converted: a number in place of a text is reported, not converted. */

export type JsonRecord = Readonly<Record<string, unknown>>;

/** A problem with a row. */
export interface Problem {
  readonly problem: string;
}

export function isProblem(value: object): value is Problem {
  return 'problem' in value;
}

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Only white space, as in Unicode. */
export const isBlank = (text: string): boolean => !/[^\s\p{Z}]/u.test(text);

/** Parses a line that must be a JSON object. */
export function parseRecord(text: string): JsonRecord | Problem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'malformed JSON' };
  }
  return isRecord(value) ? value : { problem: 'not a JSON object' };
}

/**
 * A scalar as text; null for null and undefined; undefined for lists, objects, and numbers that JavaScript cannot
 * represent exactly.
 */
export function scalarText(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
  return typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : undefined;
}
