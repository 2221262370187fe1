/** What JSON values say, judged before anything is converted: a number for a text is told and not guessed. */

export type JsonRecord = Readonly<Record<string, unknown>>;

/** What is wrong with a row; a class of its own so that it is never mistaken for a crash. */
export interface Problem {
  readonly problem: string;
}

export function isProblem(value: object): value is Problem {
  return 'problem' in value;
}

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Nothing but white space, as Unicode has it. */
export const isBlank = (text: string): boolean => !/[^\s\p{Z}]/u.test(text);

/** A line's object. */
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
 * A scalar as text, null for null and for what is not there; undefined for lists and objects, and for numbers
 * that JavaScript cannot hold exactly.
 */
export function scalarText(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
  return typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : undefined;
}
