/** All names that a spec may use, shared by the checks, the overrides and the published schema. */

export const SPEC_NAMES = [
  'name',
  'description',
  'extends',
  'include',
  'params',
  'engine',
  'strict',
  'stages',
  'sweep',
];
export const STAGE_FIELDS = [
  'uses',
  'matrix',
  'inputs',
  'with',
  'description',
  'enabled',
  'frozen',
  'timeout',
  'retries',
  'resources',
];
export const RETRY_NAMES = ['count', 'delay', 'factor', 'longest'];
export const SWEEP_NAMES = [
  'metric',
  'goal',
  'columns',
  'grid',
  'random',
  'experiments',
  'repeat',
  'baseline',
  'halving',
];
export const RANDOM_NAMES = ['trials', 'seed', 'space'];
export const HALVING_NAMES = ['budget', 'min', 'max', 'factor'];
/** The usual factor: one third of the configurations is promoted, with three times the budget. */
export const HALVING_FACTOR = 3;
export const RESOURCE_NAMES = ['threads', 'memory', 'gpu'];

export const ENGINE_VALUES = {
  backend: ['auto', 'wasm', 'tensorflow'],
  precision: ['exact', 'fast'],
} as const;

export const STAGE_NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;
/** Names with a meaning of their own in `--set`; no stage may have them. */
export const RESERVED_STAGE_NAMES = ['params', 'engine'];

/** `a, b or c` */
export function alternatives(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)!}`;
}
