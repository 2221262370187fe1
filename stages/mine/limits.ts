/** Limits on the score of a negative, as in mine_hard_negatives of sentence-transformers. */
import type { Rejections } from './guard.ts';
import type { Limits } from './parameters.ts';

export function hasLimits({ max_score, absolute_margin, relative_margin }: Limits): boolean {
  return max_score !== undefined || hasMargin({ absolute_margin, relative_margin });
}

export function hasMargin(limits: Partial<Record<'absolute_margin' | 'relative_margin', unknown>>): boolean {
  return limits.absolute_margin !== undefined || limits.relative_margin !== undefined;
}

/**
 * The maximum score of a negative for this positive: positive − absolute_margin, and
 * positive − relative_margin · |positive|. The latter equals positive · (1 − relative_margin) for scores above 0 and
 * is still a margin for scores below 0, such as Euclidean ones.
 */
export function ceiling(positive: number, { absolute_margin, relative_margin }: Limits): number {
  return Math.min(
    absolute_margin === undefined ? Infinity : positive - absolute_margin,
    relative_margin === undefined ? Infinity : positive - relative_margin * Math.abs(positive),
  );
}

/** Whether a score is within the limits; counts the reason if not. */
export function withinLimits(
  score: number,
  limits: Limits,
  positiveCeiling: number,
  rejections: Rejections,
): boolean {
  if (score > (limits.max_score ?? Infinity)) rejections.max_score += 1;
  else if (score > positiveCeiling) rejections.margin += 1;
  else return true;
  return false;
}
