/**
 * Which metrics a stage gives, from what its kind declares and the stage's parameters: known before anything runs.
 * Kinds that declare nothing may give any metric. `{rivals.name}` stands for the name of each item of a list.
 */
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import type { KindDeclaration } from '../stage.ts';

type Declared = Pick<KindDeclaration, 'metrics'>;

/** The declared names with parameters filled in; `*` stands for any text. Undefined if the kind declares none. */
export function metricPatterns({ metrics }: Declared, parameters: JsonObject): readonly string[] | undefined {
  return metrics && [...new Set(metrics.flatMap((pattern) => filled(pattern, parameters)))];
}

/** Whether one of the patterns matches. */
export function matchesMetric(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matches(pattern, name));
}

function matches(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  const parts = pattern.split('*').map((part) => part.replace(/[.?+^$(){}|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}

const member = (value: Json | undefined, name: string): Json | undefined =>
  isObject(value) ? value[name] : undefined;

const PLACEHOLDER = /\{([^{}?]+)(\?)?\}/;

/** `mrr@{cutoffs.mrr}` for each cut-off; none if the parameter is absent. `{metrics?}` only asks whether it is there. */
function filled(pattern: string, parameters: JsonObject): string[] {
  const found = PLACEHOLDER.exec(pattern);
  if (!found) return [pattern];
  const [written, path, asks] = found;
  const value = path!
    .split('.')
    .reduce<Json | undefined>(
      (at, name) =>
        Array.isArray(at) ? at.map((item) => member(item as Json, name) ?? null) : member(at, name),
      parameters,
    );
  if (value === undefined || value === null) return [];
  const texts = asks ? [''] : [value].flat().map(String);
  return texts.flatMap((text) =>
    filled(
      pattern.replace(written, () => text),
      parameters,
    ),
  );
}
