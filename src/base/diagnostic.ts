/**
 * What can go wrong, as values: diagnostics with a place in the user's text, and expected failures. How they are
 * printed is decided elsewhere (src/spec/print.ts, src/cli).
 */

/** A range within one line of a text file; lines and columns count from 1, columns in UTF-16 code units. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many code units to underline, at least 1. */
  readonly length: number;
  /** The whole line, without its line break. */
  readonly text: string;
}

/** One problem found in what the user wrote. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** What is wrong and what was expected: one sentence, lower case, no full stop. */
  readonly message: string;
  readonly location?: Location;
  /** What to do about it: sentences with a capital letter and a full stop, such as "Did you mean 'x'?" */
  readonly hint?: string;
  /** Other places that matter ("first defined here"). */
  readonly related?: readonly { readonly message: string; readonly location: Location }[];
}

/** Each diagnostic once. The text of the line is left out of the comparison: its place says which line it is. */
export function distinct(found: readonly Diagnostic[]): Diagnostic[] {
  const identity = (one: Diagnostic): string =>
    JSON.stringify(one, (name, value: unknown) => (name === 'text' ? undefined : value));
  return [...new Map(found.map((one) => [identity(one), one])).values()];
}

export type Result<T, E> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const failure = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });

/** Text from elsewhere, such as a library's message, in the form that hints have. */
export function asSentence(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** An expected failure: its message is for the user, and its stack is not shown. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  /** Stable, for programs: `E_SPEC`, `E_USAGE`, `E_STAGE`, `E_STORE`, `E_INPUT`, … */
  readonly code: string;
  /** What the user can do about it, in the form of a diagnostic's hint. */
  readonly hint: string | undefined;
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    code: string,
    message: string,
    options: { hint?: string | undefined; diagnostics?: readonly Diagnostic[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.diagnostics = options.diagnostics ?? [];
  }
}
