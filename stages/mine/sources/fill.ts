import type { MineParams, NegativeParams } from '../parameters.ts';

/** The fallback sources of `fill`, as parameters; none where the sources never run out. */
export function fillSources({ negatives, fill }: Pick<MineParams, 'negatives' | 'fill'>): NegativeParams[] {
  if (fill === 'drop' || negatives.some(({ from }) => from === 'random')) return [];
  const random = { from: 'random', weight: 1 } as const;
  const bm25 = {
    from: 'bm25',
    weight: 1,
    range_min: 0,
    range_max: 100,
    sampling_strategy: 'random',
  } as const;
  return fill === 'bm25' ? [bm25, random] : [random];
}
