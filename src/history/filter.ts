/** Conditions that select runs by their fields, parameters, metrics and age. */
import { now } from '../base/clock.ts';
import { CONDITION, meetsValue, type Operator } from '../base/condition.ts';
import { PipelineError } from '../base/diagnostic.ts';
import { nearest } from '../base/nearest.ts';
import { ENTRY_FIELDS, type RunEntry } from './entry.ts';
import type { Notes } from './notes.ts';
import type { Scalar } from './values.ts';

/** An entry with its tags and note. */
export type NotedEntry = RunEntry & Notes;

export interface Condition {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
}

/** `model.loss.margin=0.2`, `report.mrr@10>0.4`. Throws `E_USAGE`. */
export function parseCondition(text: string): Condition {
  const parts = CONDITION.exec(text)?.groups;
  if (!parts)
    throw new PipelineError('E_USAGE', `'${text}' is not a valid condition`, {
      hint: "Write a name, one of = != < <= > >=, and a value, such as 'model.loss.margin=0.2'.",
    });
  const { name, operator, value } = parts as unknown as Condition;
  return { name: name.trim(), operator, value: value.trim() };
}

/** A missing value meets only `!=`. */
export function meets(entry: NotedEntry, { name, operator, value }: Condition): boolean {
  const found = valueOf(entry, name);
  if (found === undefined) return operator === '!=';
  return meetsValue(found, operator, value);
}

/** What a condition may name besides parameters and metrics. */
const FIELDS = [...ENTRY_FIELDS, 'tags', 'note'] as const satisfies readonly (keyof NotedEntry)[];

/** A field of the run, or one of its parameters or metrics by its flat name. */
export function valueOf(entry: NotedEntry, name: string): Scalar | undefined {
  if (name === 'tags') return entry.tags.length === 0 ? null : entry.tags.join(' ');
  if ((FIELDS as readonly string[]).includes(name))
    return entry[name as Exclude<(typeof FIELDS)[number], 'tags'>];
  if (Object.hasOwn(entry.params, name)) return entry.params[name];
  return Object.hasOwn(entry.metrics, name) ? entry.metrics[name] : undefined;
}

/** Throws `E_USAGE` for a name that no run has. */
export function checkName(name: string, entries: readonly NotedEntry[]): void {
  if (entries.length === 0 || entries.some((entry) => valueOf(entry, name) !== undefined)) return;
  const names = new Set<string>(FIELDS);
  for (const entry of entries)
    for (const known of [entry.params, entry.metrics].flatMap(Object.keys)) names.add(known);
  const close = nearest(name, [...names]) ?? [...names].find((known) => known.endsWith(`.${name}`));
  throw new PipelineError('E_USAGE', `no run has a field, parameter or metric '${name}'`, {
    hint:
      close === undefined
        ? `The fields are ${FIELDS.join(', ')}. Parameters and metrics are named as in \`pipeline show RUN\`.`
        : `Did you mean '${close}'?`,
  });
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 };

/** `90s`, `30min`, `12h`, `7d`, `2w` in seconds. Throws `E_USAGE`. */
export function parseAge(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w)$/.exec(text.trim());
  if (parts) return Number(parts[1]) * UNITS[parts[2]!]!;
  if (text.trim() === '0') return 0;
  throw new PipelineError('E_USAGE', `'${text}' is not a valid age`, {
    hint: 'Write a number and s, min, h, d or w, such as 30min, 12h or 7d.',
  });
}

/** An age before now, or a date, as a timestamp that is comparable with a run's `started`. Throws `E_USAGE`. */
export function parseSince(text: string): string {
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const time = new Date(text);
    if (!Number.isNaN(time.getTime())) return time.toISOString();
  }
  try {
    return new Date(now() - parseAge(text) * 1000).toISOString();
  } catch {
    throw new PipelineError('E_USAGE', `'${text}' is neither an age nor a date`, {
      hint: 'Examples: 12h, 7d, 2w, 2026-01-31, 2026-01-31T12:00Z.',
    });
  }
}
