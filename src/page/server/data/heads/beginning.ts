import type { HeadContent } from '../../../views/artifact-view.ts';

export interface Beginning {
  /** Absolute. */
  readonly path: string;
  readonly size: number;
  /** The first bytes. */
  readonly bytes: Buffer;
}

export interface Head {
  readonly content: HeadContent;
  /** See `HeadView`. */
  readonly left: string | null;
}
