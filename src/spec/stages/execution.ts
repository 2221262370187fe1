/** The fields of a stage that control its execution. None of them is part of a key. */
import { bytesOf, secondsOf } from '../../base/units.ts';
import { checkNames, isFailed } from '../text/names.ts';
import { errorAt, type Report } from '../text/source.ts';
import type { Resources, Retries } from '../spec.ts';
import { describe, isNull, toJson, type MapNode, type Node } from '../text/tree.ts';
import { RESOURCE_NAMES, RETRY_NAMES } from '../text/vocabulary.ts';

export interface Execution {
  readonly enabled: boolean;
  readonly frozen?: true;
  readonly timeout?: number;
  readonly retries?: Retries;
  readonly resources?: Resources;
}

/** Undefined for an invalid value. */
type Take<T> = (value: unknown) => T | undefined;

const RETRY_DEFAULTS: Retries = { count: 1, delay: 1, factor: 2, longest: 300 };

const truth: Take<boolean> = (value) =>
  typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : undefined;

/** More than anybody means: a number beyond is a slip. */
export const MOST = { retries: 1_000, threads: 10_000, gpu: 1_000 } as const;

const whole =
  (least: number, most: number): Take<number> =>
  (value) => {
    const number = numberOf(value);
    return Number.isInteger(number) && number! >= least && number! <= most ? number : undefined;
  };

const seconds: Take<number> = (value) => {
  const amount = typeof value === 'string' ? secondsOf(value) : numberOf(value);
  return amount !== undefined && amount > 0 ? amount : undefined;
};

const pause: Take<number> = (value) => (value === 0 ? 0 : seconds(value));

const factor: Take<number> = (value) => {
  const number = numberOf(value);
  return number !== undefined && number >= 1 ? number : undefined;
};

const size: Take<number> = (value) => {
  const amount = typeof value === 'string' ? bytesOf(value) : numberOf(value);
  return amount !== undefined && amount >= 1 ? Math.round(amount) : undefined;
};

/** A string is accepted too, because environment variables are strings. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

export function readExecution(stage: MapNode, report: Report): Execution {
  const of = <T>(name: string, take: Take<T>, wanted: string): T | undefined =>
    read(stage, name, take, wanted, report);
  const timeout = of('timeout', seconds, 'a duration above zero, such as 90s, 10min or 2h');
  const retries = readRetries(stage, report);
  const resources = readResources(stage, report);
  return {
    enabled: of('enabled', truth, 'true or false') ?? true,
    ...(of('frozen', truth, 'true or false') === true ? { frozen: true as const } : {}),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retries ? { retries } : {}),
    ...(resources ? { resources } : {}),
  };
}

/** A boolean field; undefined where it is absent or invalid. */
export function readTruth(map: MapNode, name: string, report: Report): boolean | undefined {
  return read(map, name, truth, 'true or false', report);
}

function readRetries(stage: MapNode, report: Report): Retries | undefined {
  const node = stage.entries.get('retries')?.value;
  if (!node || isNull(node) || isFailed(node)) return undefined;
  if (node.type !== 'map') {
    const count = read(
      stage,
      'retries',
      whole(0, MOST.retries),
      `an integer from 0 to ${MOST.retries}, or {count, delay, factor, longest}`,
      report,
    );
    return count === undefined ? undefined : { ...RETRY_DEFAULTS, count };
  }
  checkNames(node, RETRY_NAMES, '`retries`', report);
  const given = {
    count: read(node, 'count', whole(0, MOST.retries), `an integer from 0 to ${MOST.retries}`, report),
    delay: read(node, 'delay', pause, 'a duration, such as 5s', report),
    factor: read(node, 'factor', factor, 'a number of at least 1', report),
    longest: read(node, 'longest', seconds, 'a duration above zero, such as 5min', report),
  };
  return { ...RETRY_DEFAULTS, ...defined(given) };
}

function readResources(stage: MapNode, report: Report): Resources | undefined {
  const node = stage.entries.get('resources')?.value;
  if (!node || isNull(node) || isFailed(node)) return undefined;
  if (node.type !== 'map') {
    report(errorAt(node.place, `\`resources\` must be a mapping, got ${describe(toJson(node))}`));
    return undefined;
  }
  checkNames(node, RESOURCE_NAMES, '`resources`', report);
  return defined({
    threads: read(node, 'threads', whole(1, MOST.threads), `an integer from 1 to ${MOST.threads}`, report),
    memory: read(node, 'memory', size, 'a size, such as 4GB or 512MiB', report),
    gpu: read(node, 'gpu', whole(0, MOST.gpu), `an integer from 0 to ${MOST.gpu}`, report),
  });
}

function read<T>(map: MapNode, name: string, take: Take<T>, wanted: string, report: Report): T | undefined {
  const node: Node | undefined = map.entries.get(name)?.value;
  if (!node || isNull(node) || isFailed(node)) return undefined;
  const value = toJson(node);
  const taken = take(value);
  if (taken === undefined)
    report(
      errorAt(node.place, `\`${name}\` must be ${wanted}, got ${describe(value)}`, {
        hint: truthHint(value, take),
      }),
    );
  return taken;
}

/** YAML 1.2 reads `yes` and `no` as text. */
function truthHint(value: unknown, take: Take<unknown>): string | undefined {
  if (take !== truth || typeof value !== 'string' || !/^(yes|no|on|off)$/i.test(value)) return undefined;
  return `Write ${/^(yes|on)$/i.test(value) ? 'true' : 'false'}.`;
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
