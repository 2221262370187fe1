/** The best configuration as a short spec that extends the swept one. */
import type { Json, JsonObject } from '../base/json.ts';
import type { Spec } from '../spec/spec.ts';
import type { Trial } from './trial.ts';

type Best = Pick<Trial, 'configuration' | 'spec'>;

type Tree = { [name: string]: Json | Tree };

/** `base` is the path of the swept spec as seen from the new file. Repeated parameters are not changed. */
export function bestSpec({ configuration, spec }: Best, base: string, more: JsonObject = {}): JsonObject {
  const tree: Tree = {};
  for (const [path, value] of Object.entries({ ...configuration.values, ...more })) {
    const [first, ...rest] = path.split(/[.[\]]+/).filter((part) => part !== '');
    if (first === 'params' || first === 'engine') put(tree, [first, ...rest], value);
    else if (setsField(spec, first!, rest)) put(tree, ['stages', first!, ...rest], value);
    else place(tree, spec, first!, rest, value);
  }
  return { extends: base, ...tree };
}

/** Whether a path names `uses`, `inputs` or `with` of a stage, and not a parameter of that name, as in `--set`. */
function setsField(spec: Spec, stage: string, [field, ...rest]: readonly string[]): boolean {
  if (Object.hasOwn(parametersOf(spec, stage), field!)) return false;
  return field === 'uses' ? rest.length === 0 : field === 'inputs' || (field === 'with' && rest.length > 0);
}

const parametersOf = (spec: Spec, stage: string): JsonObject =>
  spec.stages.find(({ name, group }) => (group ?? name) === stage)?.with ?? {};

/** A spec can only replace a whole list of its base, so the whole list is written. */
function place(tree: Tree, spec: Spec, stage: string, path: readonly string[], value: Json): void {
  let current: Json | undefined = parametersOf(spec, stage);
  for (const [index, name] of path.entries()) {
    if (Array.isArray(current)) {
      put(tree, ['stages', stage, 'with', ...path.slice(0, index)], current as Json);
      return;
    }
    current = (current as JsonObject | undefined)?.[name];
  }
  put(tree, ['stages', stage, 'with', ...path], value);
}

function put(tree: Tree, path: readonly string[], value: Json): void {
  let at = tree;
  for (const name of path.slice(0, -1)) at = (at[name] ??= {}) as Tree;
  at[path.at(-1)!] = value;
}
