export interface Range {
  readonly from: number;
  readonly count: number;
}

/** 0 … length cut into pieces of `most`, the last one shorter where it has to be. */
export function ranges(length: number, most: number): Range[] {
  return Array.from({ length: Math.ceil(length / most) }, (_, i) => ({
    from: i * most,
    count: Math.min(most, length - i * most),
  }));
}
