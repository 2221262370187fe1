/** The configurations of a sweep: all combinations of an experiment, a point of the grid and a random trial. */
import { canonicalJson, type Json } from '../base/json.ts';
import { random } from '../base/random.ts';
import { applies, draw } from '../spec/sweep/distribution.ts';
import type { Override } from '../spec/values/overrides.ts';
import type { RandomSearch, SweepAxis, SweepRequest } from '../spec/sweep/request-types.ts';
import { toJson } from '../spec/text/tree.ts';

/** A set of values that override those of the spec, with a name. */
export interface Configuration {
  /** The experiment's name, or `margin=0.2 seed=1`; unique in the sweep. */
  readonly name: string;
  /** The experiment that it belongs to. */
  readonly experiment?: string;
  /** Parameter → value. */
  readonly values: Readonly<Record<string, Json>>;
  readonly overrides: readonly Override[];
}

interface Part {
  readonly experiment?: string;
  readonly values: ReadonlyMap<string, Json>;
  readonly overrides: readonly Override[];
}

const NOTHING: Part = { values: new Map(), overrides: [] };

/** Each combination once, ordered by experiment, point of the grid and random trial. */
export function configurationsOf(sweep: SweepRequest): Configuration[] {
  const experiments = sweep.experiments.map(({ name, overrides }): Part => ({
    experiment: name,
    values: valuesOf(overrides),
    overrides,
  }));
  const parts = [
    experiments.length > 0 ? experiments : [NOTHING],
    gridOf(sweep.grid),
    sweep.random ? drawsOf(sweep.random) : [NOTHING],
  ];
  const all = parts.reduce((rows, next) => rows.flatMap((row) => next.map((part) => both(row, part))));
  const distinct = new Map(
    all.map((part) => [canonicalJson([part.experiment ?? null, Object.fromEntries(part.values)]), part]),
  );
  return named([...distinct.values()]);
}

function both(a: Part, b: Part): Part {
  const experiment = a.experiment ?? b.experiment;
  return {
    ...(experiment === undefined ? {} : { experiment }),
    values: new Map([...a.values, ...b.values]),
    overrides: [...a.overrides, ...b.overrides],
  };
}

function valuesOf(overrides: readonly Override[]): ReadonlyMap<string, Json> {
  return new Map(overrides.map((one) => ('set' in one ? setValue(one.set) : [one.path, toJson(one.value)])));
}

/** Splits `path=value` from the command line. The value is only shown here; the spec's reader parses it again. */
function setValue(text: string): readonly [string, Json] {
  const at = text.indexOf('=');
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value) as Json];
  } catch {
    return [text.slice(0, at), value];
  }
}

function gridOf(grid: readonly SweepAxis[]): Part[] {
  let rows: Part[] = [NOTHING];
  for (const { values } of grid)
    rows = rows.flatMap((row) =>
      values.map((value) => both(row, { values: valuesOf([value]), overrides: [value] })),
    );
  return rows;
}

/** Every parameter has its own random stream, so that more parameters or trials do not change the other values. */
function drawsOf({ trials, seed, space }: RandomSearch): Part[] {
  return Array.from({ length: trials }, (_, trial): Part => {
    const values = new Map<string, Json>();
    const overrides: Override[] = [];
    for (const { path, distribution, at } of space) {
      if (!applies(distribution, values)) continue;
      const value = draw(distribution, random(seed, `sweep ${trial} ${path}`));
      values.set(path, toJson(value));
      overrides.push({ path, at, value });
    }
    return { values, overrides };
  });
}

/** An experiment is named by its name, a point by the values that vary; by both if an experiment has several points. */
function named(parts: readonly Part[]): Configuration[] {
  const paths = [...new Set(parts.flatMap(({ values }) => [...values.keys()]))];
  const short = shortNames(paths);
  const varies = (path: string): boolean =>
    new Set(parts.map(({ values }) => canonicalJson(values.get(path) ?? null))).size > 1;
  const varied = new Set(paths.filter(varies));
  const shared = new Map<string | undefined, number>();
  for (const { experiment } of parts) shared.set(experiment, (shared.get(experiment) ?? 0) + 1);
  return parts.map(({ experiment, values, overrides }) => {
    const shown = [...values].filter(([path]) => varied.has(path) || varied.size === 0);
    const point = shown.map(([path, value]) => `${short.get(path)!}=${valueText(value)}`).join(' ');
    const alone = experiment !== undefined && shared.get(experiment) === 1;
    const name = [experiment ?? '', alone ? '' : point].filter((part) => part !== '').join(' ');
    return {
      name: name === '' ? 'unchanged' : name,
      ...(experiment === undefined ? {} : { experiment }),
      values: Object.fromEntries(values),
      overrides,
    };
  });
}

/** One repeat of every configuration, such as `seed=42`; its name is empty if nothing is repeated. */
export interface Repeat {
  readonly name: string;
  readonly values: Readonly<Record<string, Json>>;
  readonly overrides: readonly Override[];
}

/** Every combination of the axes; a single repeat that changes nothing if there are no axes. */
export function repeatsOf(axes: readonly SweepAxis[]): Repeat[] {
  const short = shortNames(axes.map(({ path }) => path));
  return gridOf(axes).map(({ values, overrides }) => ({
    name: [...values].map(([path, value]) => `${short.get(path)!}=${valueText(value)}`).join(' '),
    values: Object.fromEntries(values),
    overrides,
  }));
}

/** The shortest unique ends of the paths: `margin`, or `loss.margin` if there are two; `uses` with its stage. */
export function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const end = (path: string, parts: number): string => path.split('.').slice(-parts).join('.');
  return new Map(
    paths.map((path) => {
      let parts = /^[^.]+\.uses$/.test(path) ? 2 : 1;
      while (
        parts < path.split('.').length &&
        paths.some((other) => other !== path && end(other, parts) === end(path, parts))
      )
        parts += 1;
      return [path, end(path, parts)];
    }),
  );
}

export function valueText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
