/**
 * The names that can be written about a spec on the command line: its stages and parameters. Quick and forgiving, for
 * completion: the spec is read, not checked, no user's kind is compiled, and what cannot be read has no names.
 */
import { resolve } from 'node:path';
import { isObject } from '../../base/json.ts';
import type { KindCatalogue } from '../../kinds/kind.ts';
import { toJson } from '../text/tree.ts';
import { ENGINE_VALUES } from '../text/vocabulary.ts';
import { readMerged } from '../values/bases.ts';

export interface SpecNames {
  readonly stages: readonly string[];
  /** What `--set` takes before its `=`: `model.loss.margin`, `params.seed`, `engine.backend`. */
  readonly parameters: readonly string[];
}

export function namesOfSpec(file: string, kinds: KindCatalogue): SpecNames {
  const root = readMerged(resolve(file), {
    report: () => undefined,
    env: process.env,
    used: new Map(),
    sources: new Map(),
  });
  const spec = root === undefined ? {} : toJson(root);
  const { stages, params } = isObject(spec) ? spec : {};
  const entries = isObject(stages) ? Object.entries(stages) : [];
  return {
    stages: entries.map(([name]) => name),
    parameters: [
      ...entries.flatMap(([name, stage]) => parametersOf(stage, kinds).map((path) => `${name}.${path}`)),
      ...pathsIn(params).map((path) => `params.${path}`),
      ...Object.keys(ENGINE_VALUES).map((name) => `engine.${name}`),
    ],
  };
}

/** Those that the kind declares, where it is a built-in one, and those that are written. */
function parametersOf(stage: unknown, kinds: KindCatalogue): string[] {
  if (!isObject(stage)) return [];
  const { uses, with: written } = stage;
  const kind = typeof uses === 'string' ? kinds.builtIn(uses) : undefined;
  return [...new Set([...(kind ? declared(kind.declaration.parameters) : []), ...pathsIn(written)])];
}

function declared(schema: unknown): string[] {
  if (!isObject(schema)) return [];
  const own = isObject(schema['properties'])
    ? Object.entries(schema['properties']).flatMap(([name, property]) => {
        const inner = declared(property);
        return inner.length === 0 ? [name] : inner.map((path) => `${name}.${path}`);
      })
    : [];
  const variants = ['anyOf', 'oneOf', 'allOf'].flatMap((word) => {
    const list = schema[word];
    return Array.isArray(list) ? list.flatMap(declared) : [];
  });
  return [...new Set([...own, ...variants])];
}

function pathsIn(value: unknown): string[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const paths = pathsIn(inner);
    return paths.length === 0 ? [name] : paths.map((path) => `${name}.${path}`);
  });
}
