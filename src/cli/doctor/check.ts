/** One thing that the doctor looked at. */
export interface Check {
  readonly name: string;
  /** `missing` is a part that one can do without. */
  readonly state: 'ok' | 'missing' | 'warning' | 'failed';
  readonly found: string;
  /** What to do about it, or how to get it. */
  readonly hint?: string;
}
