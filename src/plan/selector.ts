/**
 * Selectors on the command line: a stage's name, a name with `*` and `?`, the name of a matrix for all its instances, or
 * some of them: `model[margin=0.2]`, `model[seed=*]`.
 */
import { PipelineError } from '../base/diagnostic.ts';
import { nearest } from '../base/nearest.ts';
import type { StageSpec } from '../spec/spec.ts';

/** Names of the stages that any of the selectors match. Throws `E_USAGE` for one that matches none. */
export function stagesMeant(stages: readonly StageSpec[], selectors: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const selector of selectors.flatMap(splitList)) {
    const matches = matcher(selector);
    const meant = stages.filter(matches);
    if (meant.length === 0) throw noStage(stages, selector);
    for (const { name } of meant) found.add(name);
  }
  return found;
}

/** Commas separate selectors, except inside brackets, where they separate conditions. */
export function splitList(text: string): string[] {
  return text
    .split(/,(?![^[]*\])/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function matcher(selector: string): (stage: StageSpec) => boolean {
  const [, base, conditions] = /^([^[]*)\[(.*)\]$/s.exec(selector) ?? [];
  if (base === undefined || conditions === undefined) {
    const matches = glob(selector);
    return ({ name, group }) => matches(name) || (group !== undefined && matches(group));
  }
  const matchesBase = glob(base);
  const wanted = splitList(conditions).map((condition) => {
    const [variable, ...value] = condition.split('=');
    return { variable: variable!, matches: glob(value.join('=')) };
  });
  return ({ group, matrix }) =>
    group !== undefined &&
    matrix !== undefined &&
    matchesBase(group) &&
    wanted.every(({ variable, matches }) => Object.hasOwn(matrix, variable) && matches(matrix[variable]!));
}

/** `*` matches any number of characters, `?` one. */
export function glob(pattern: string): (text: string) => boolean {
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const regular = new RegExp(`^${expression}$`, 's');
  return (text) => regular.test(text);
}

const MOST_NAMED = 20;

function noStage(stages: readonly StageSpec[], selector: string): PipelineError {
  const names = [
    ...new Set(stages.flatMap(({ name, group }) => (group === undefined ? [name] : [group, name]))),
  ];
  const similar = nearest(selector, names);
  const message = /[*?]/.test(selector)
    ? `no stage matches '${selector}'`
    : `there is no stage '${selector}'`;
  const listed = names.length > MOST_NAMED ? [...names.slice(0, MOST_NAMED), '…'] : names;
  return new PipelineError('E_USAGE', message, {
    hint: similar === undefined ? `The stages are ${listed.join(', ')}.` : `Did you mean '${similar}'?`,
  });
}
