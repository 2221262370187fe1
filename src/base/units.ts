/** Parses sizes and durations as people write them. Undefined for text that is neither. */

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const SECONDS: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1e-3,
  s: 1,
  min: 60,
  m: 60,
  h: 3600,
  d: 86_400,
};

/** `4GB`, `512 MiB`, `1000` → bytes. */
export function bytesOf(text: string): number | undefined {
  const value = measured(text, BYTES);
  return value === undefined ? undefined : Math.round(value);
}

/** `90s`, `10 min`, `1.5h`, `30` → seconds. */
export function secondsOf(text: string): number | undefined {
  return measured(text, SECONDS);
}

function measured(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim()) ?? [];
  if (number === undefined || unit === undefined || !Object.hasOwn(units, unit)) return undefined;
  return Number(number) * units[unit]!;
}
