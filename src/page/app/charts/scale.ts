/** Linear and logarithmic scales with round ticks. No DOM. */
export interface Scale {
  readonly domain: readonly [number, number];
  /** The position of a value, in pixels. */
  at(value: number): number;
  readonly ticks: readonly number[];
  tickText(value: number): string;
}

export interface ScaleOptions {
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
  /** About so many ticks. */
  readonly count?: number;
  /** Round ends, beyond the data if need be. */
  readonly nice?: boolean;
}

export function linearScale({ domain, range, count = 5, nice = false }: ScaleOptions): Scale {
  let [low, high] = domain;
  if (!(high > low)) {
    // A single value sits in the middle.
    const half = low === 0 ? 1 : Math.abs(low) * 0.5;
    [low, high] = [low - half, high + half];
  }
  const step = niceStep((high - low) / count);
  if (nice) [low, high] = [Math.floor(low / step) * step, Math.ceil(high / step) * step];
  const [start, end] = range;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const ticks = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
  const digits = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  return {
    domain: [low, high],
    at: (value) => start + ((value - low) / (high - low)) * (end - start),
    ticks,
    tickText: (value) => tickText(value, digits),
  };
}

/** For positive values that span orders of magnitude; ticks at powers of ten, and between them where these are few. */
export function logScale({ domain, range }: ScaleOptions): Scale {
  const [low, high] = domain[0] === domain[1] ? [domain[0] / 2, domain[1] * 2] : domain;
  const [a, b] = [Math.log10(low), Math.log10(high)];
  const [start, end] = range;
  const factors = b - a > 2 ? [1] : b - a > 0.8 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let exponent = Math.floor(a); exponent <= Math.ceil(b); exponent++)
    for (const factor of factors) {
      const value = factor * 10 ** exponent;
      if (value >= low * 0.999 && value <= high * 1.001) ticks.push(value);
    }
  return {
    domain: [low, high],
    at: (value) => start + ((Math.log10(value) - a) / (b - a)) * (end - start),
    ticks,
    tickText: (value) =>
      value >= 0.001 && value < 1e5 ? String(Number(value.toPrecision(1))) : value.toExponential(0),
  };
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10;
  return factor * power;
}

function tickText(value: number, digits: number): string {
  const size = Math.abs(value);
  if (size >= 10_000) return value.toLocaleString('en-US', { notation: 'compact' }).replace('-', '\u2212');
  // 2.5 steps need one digit more than their power of ten shows.
  const text = value.toFixed(digits);
  const exact = Math.abs(Number(text) - value) > 1e-9 * Math.max(1, size) ? value.toFixed(digits + 1) : text;
  return exact.replace('-', '\u2212').replace(/^\u2212(0(\.0+)?)$/, '$1');
}

/** Least and greatest of the finite values; undefined without any. */
export function extent(values: Iterable<number | null | undefined>): readonly [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : undefined;
}

/** Moves labels apart that would cover each other; the result keeps the order. All positions in pixels. */
export function spread(positions: readonly number[], gap: number, low: number, high: number): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a]! - positions[b]!);
  const placed = [...positions];
  let least = low;
  for (const i of order) {
    placed[i] = Math.max(placed[i] ?? 0, least);
    least = placed[i] + gap;
  }
  let most = high;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i] ?? 0, most);
    most = placed[i] - gap;
  }
  return placed;
}
