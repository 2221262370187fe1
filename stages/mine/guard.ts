/** Keeps out false negatives: known positives, and documents with the same or nearly the same text as one. */
import type { NearDuplicates } from './near-duplicate.ts';

/** In the order in which they are applied. */
export const GUARDS = [
  /** The document is relevant to the query. */
  'positive',
  /** Its token sequence equals that of a positive. */
  'duplicate_text',
  /** Its shingles overlap with those of a positive. */
  'near_duplicate',
  'min_score',
  'max_score',
  /** It scores above the positive minus the margin: counted for each positive that it was proposed for. */
  'margin',
] as const;
export type GuardName = (typeof GUARDS)[number];

/** How many proposals each guard rejected. */
export type Rejections = Record<GuardName, number>;

export function noRejections(): Rejections {
  return { positive: 0, duplicate_text: 0, near_duplicate: 0, min_score: 0, max_score: 0, margin: 0 };
}

/** For one query and one source. */
export interface Guard {
  /** Whether a document may be a negative of this query; counts the reason if not. */
  admits(document: number): boolean;
}

export interface GuardTexts {
  /** For each document, the first one with the same token sequence. */
  readonly classes: Uint32Array;
  readonly near: NearDuplicates;
}

/** `ignored`: the document that the query itself is. */
export function createGuard(
  positives: ReadonlyMap<number, number>,
  { classes, near }: GuardTexts,
  rejections: Rejections,
  ignored?: number,
): Guard {
  const relevant = [...positives.keys()];
  const texts = new Set(relevant.map((document) => classes[document]!));
  return {
    admits: (document) => {
      if (document === ignored) return false;
      if (positives.has(document)) rejections.positive += 1;
      else if (texts.has(classes[document]!)) rejections.duplicate_text += 1;
      else if (relevant.some((positive) => near.alike(positive, document))) rejections.near_duplicate += 1;
      else return true;
      return false;
    },
  };
}
