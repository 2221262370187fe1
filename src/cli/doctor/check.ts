/** The result of one check of `pipeline doctor`. */
export interface Check {
  readonly name: string;
  /** `missing` is an optional part that is not there. */
  readonly state: 'ok' | 'missing' | 'warning' | 'failed';
  readonly found: string;
  /** What to do about it, or how to install it. */
  readonly hint?: string;
}
