/** Where the page gets its views: from the file itself, or from a server. Pages see only this. */
import type { ViewName } from '../../views/names.ts';

export interface DataSource {
  /** Whether a server answers: pages offer search and follow running runs only then. */
  readonly isLive: boolean;
  /** The hash of the page that a reader sees first, such as `#/run/20261126T062233Z-30d3183`. */
  readonly start: string;
  /** Undefined if there is no such view. Rejects with a sentence if it cannot be read. */
  read<T>(name: ViewName<T>): Promise<T | undefined>;
  /** Calls back whenever the view may have changed, until the returned function is called. Absent: it never changes. */
  watch?(name: ViewName<unknown>, changed: () => void): () => void;
}
