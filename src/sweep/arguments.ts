/** Parses `--set` and `--repeat` of `pipeline sweep`: a single value, several values (a grid) or a distribution. */
import type { Diagnostic } from '../base/diagnostic.ts';
import { nearest } from '../base/nearest.ts';
import { readDistribution } from '../spec/sweep/distribution.ts';
import { errorAt, type Remarks, type Source } from '../spec/text/source.ts';
import type { Dimension, SweepAxis } from '../spec/sweep/request-types.ts';
import { parseYaml } from '../spec/text/yaml.ts';

export interface SweepArguments {
  readonly fixed: readonly string[];
  readonly axes: readonly SweepAxis[];
  readonly space: readonly Dimension[];
  readonly faults: readonly Diagnostic[];
}

const DISTRIBUTION = /^(uniform|log_uniform|int|log_int|choice)\((.*)\)$/s;

export function readSweepArguments(sets: readonly string[], directory: string): SweepArguments {
  const fixed: string[] = [];
  const axes: SweepAxis[] = [];
  const space: Dimension[] = [];
  const faults: Diagnostic[] = [];
  for (const text of sets) {
    const at = text.indexOf('=');
    const path = text.slice(0, at);
    const written = text.slice(at + 1);
    const [, type, range] = DISTRIBUTION.exec(written.trim()) ?? [];
    const values = splitValues(written);
    const slip = at > 0 && type === undefined ? distributionSlip(written.trim()) : undefined;
    if (slip !== undefined) {
      const place = { source: { file: '--set', directory, text }, start: at + 1, end: text.length };
      faults.push(errorAt(place, ...slip));
    } else if (at > 0 && type !== undefined) {
      const source: Source = { file: '--set', directory, text: `{ ${type}: [${range!}] }` };
      const node = parseYaml(source, (fault) => faults.push(fault));
      const distribution = node && readDistribution(node, (fault) => faults.push(fault));
      const place = { source: { ...source, text }, start: 0, end: at };
      if (distribution) space.push({ path, distribution, at: place });
    } else if (at > 0 && values.length > 1)
      axes.push({ path, values: values.map((value) => ({ set: `${path}=${value}` })) });
    else fixed.push(text);
  }
  return { fixed, axes, space, faults };
}

/** What other tools call a distribution → what it is called here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  randint: 'int',
  quniform: 'uniform',
  qloguniform: 'log_uniform',
  float: 'uniform',
  normal: 'uniform',
  lognormal: 'log_uniform',
  categorical: 'choice',
};
const NAMES = ['uniform', 'log_uniform', 'int', 'log_int', 'choice'];

/** A value that is nearly a distribution: a misspelt name, or brackets that do not fit. Undefined for other values. */
function distributionSlip(text: string): [message: string, remarks: Remarks] | undefined {
  const [, name, bracket, inside] = /^([A-Za-z][\w-]*)\s*([([])(.*)$/s.exec(text) ?? [];
  if (name === undefined) return undefined;
  const known = NAMES.includes(name) ? name : (ELSEWHERE[name.toLowerCase()] ?? nearest(name, NAMES));
  // Another text in parentheses may be meant as it is, such as a command.
  if (known === undefined || (known !== 'choice' && !/^\s*[-+.\d]/.test(inside!))) return undefined;
  const example = known === 'choice' ? 'choice(a,b)' : `${known}(1,9)`;
  const hint = `Example: \`${example}\`. The distributions are ${NAMES.join(', ')}.`;
  if (known !== name)
    return [`there is no distribution '${name}'`, { hint: `Did you mean '${known}'? ${hint}` }];
  return [
    bracket === '['
      ? `'${name}' takes its values in parentheses`
      : `'${name}(' is not closed by ')' at the end`,
    { hint },
  ];
}

/** `--repeat params.seed=42,43`; undefined for invalid text. */
export function readRepeat(text: string): SweepAxis | undefined {
  const [, path, written] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  const values = splitValues(written ?? '');
  if (path === undefined || values.length === 0 || DISTRIBUTION.test(written!.trim())) return undefined;
  return { path, values: values.map((value) => ({ set: `${path}=${value}` })) };
}

/** Splits at commas outside brackets and quotes: `a,[1,2],"x,y"` has three values. */
export function splitValues(text: string): string[] {
  const values: string[] = [];
  let depth = 0;
  let quote: string | undefined;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (quote !== undefined) quote = character === quote ? undefined : quote;
    else if (character === '"' || character === "'") quote = character;
    else if ('[{('.includes(character)) depth += 1;
    else if (']})'.includes(character)) depth -= 1;
    else if (character === ',' && depth === 0) {
      values.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  return [...values, text.slice(start).trim()].filter((value) => value !== '');
}
