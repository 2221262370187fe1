import { PipelineError } from '../../base/diagnostic.ts';
import {
  checkName,
  compareTexts,
  meets,
  parseCondition,
  parseSince,
  valueOf,
  type NotedEntry,
} from '../../history/filter.ts';
import { latestEntries, readHistory, type History } from '../../history/run-index.ts';
import { allNotes, NO_NOTES } from '../../history/notes.ts';
import type { Scalar } from '../../history/values.ts';
import { printJson, printNotice, printResult, styleFor, useColor, type Style } from '../render/output.ts';
import { openStore } from '../../session.ts';
import { durationText, metricText, table, type Alignment } from '../render/text.ts';

export interface RunsOptions {
  readonly store?: string;
  readonly spec?: string;
  readonly outcome?: string;
  readonly tag?: string;
  readonly where?: readonly string[];
  readonly since?: string;
  readonly sort?: string;
  readonly columns?: string;
  readonly diff?: boolean;
  readonly limit: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `pipeline runs`: lists the recorded runs of a store, latest first. */
export function runsCommand(options: RunsOptions): number {
  const layout = openStore(options);
  const filtered =
    [options.spec, options.outcome, options.tag, options.where, options.since, options.sort].some(
      (option) => option !== undefined,
    ) || options.all === true;
  const history = filtered ? readHistory(layout) : latestEntries(layout, options.limit);
  warnOfDamage(history);
  const notes = allNotes(layout);
  const all = history.entries.map((entry) => ({ ...entry, ...(notes.get(entry.id) ?? NO_NOTES) }));
  const chosen = sorted(wanted(all, options), options.sort);
  const shown = options.all === true ? chosen : chosen.slice(0, options.limit);
  const columns = columnsOf(options, shown, all);
  if (options.json) printJson({ runs: shown });
  else printResult(tableOf(shown, columns, styleFor(useColor(process.stdout))));
  if (!options.json && chosen.length > shown.length)
    printNotice(
      `${chosen.length - shown.length} more runs; show them with --all or --limit ${options.limit * 2}`,
    );
  return 0;
}

function warnOfDamage({ damaged }: History): void {
  for (const id of damaged)
    printNotice(
      `warning: the record of run ${id} cannot be read and is left out; run \`pipeline verify\` for details`,
    );
}

function wanted(all: readonly NotedEntry[], options: RunsOptions): NotedEntry[] {
  const conditions = (options.where ?? []).map(parseCondition);
  for (const { name } of conditions) checkName(name, all);
  const since = options.since === undefined ? '' : parseSince(options.since);
  return all.filter(
    (entry) =>
      entry.started >= since &&
      (options.spec === undefined || entry.spec === options.spec || entry.file.endsWith(options.spec)) &&
      (options.outcome === undefined || entry.outcome === options.outcome) &&
      (options.tag === undefined || entry.tags.includes(options.tag)) &&
      conditions.every((condition) => meets(entry, condition)),
  );
}

/** `name` ascending, `-name` descending; runs without the value come last. */
function sorted(entries: readonly NotedEntry[], by: string | undefined): readonly NotedEntry[] {
  if (by === undefined) return entries;
  const name = by.replace(/^-/, '');
  checkName(name, entries);
  const direction = by.startsWith('-') ? -1 : 1;
  const missing = (value: Scalar | undefined): boolean => value === undefined || value === null;
  return [...entries].sort((first, second) => {
    const [a, b] = [valueOf(first, name), valueOf(second, name)];
    if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b));
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(String(a), String(b));
    return order * direction;
  });
}

const DEFAULT_COLUMNS = ['id', 'started', 'spec', 'outcome', 'seconds', 'stages', 'tags', 'result'] as const;
/** With `--diff`, more columns than this are unreadable. */
const MOST_DIFFERING = 8;

function columnsOf(
  options: RunsOptions,
  shown: readonly NotedEntry[],
  all: readonly NotedEntry[],
): readonly string[] {
  const chosen = options.columns?.split(',').map((name) => name.trim()) ?? [...DEFAULT_COLUMNS];
  for (const name of chosen) if (name !== 'stages') checkName(name, all);
  if (chosen.includes('')) throw new PipelineError('E_USAGE', '--columns has an empty name');
  return options.diff ? [...chosen, ...differing(shown).slice(0, MOST_DIFFERING)] : chosen;
}

/** Parameters whose values differ between the runs. */
function differing(entries: readonly NotedEntry[]): string[] {
  const names = [...new Set(entries.flatMap(({ params }) => Object.keys(params)))];
  return names.filter((name) => new Set(entries.map(({ params }) => params[name])).size > 1);
}

function tableOf(entries: readonly NotedEntry[], columns: readonly string[], style: Style): string {
  if (entries.length === 0) return 'no runs';
  const rows = entries.map((entry) => columns.map((column) => cellText(entry, column)));
  const alignment = columns.map((column): Alignment => {
    const numeric = entries.some((entry) => typeof valueOf(entry, column) === 'number');
    return numeric ? 'right' : 'left';
  });
  const [header, ...lines] = table([columns.map(titleOf), ...rows], alignment).split('\n');
  return [style.dim(header!), ...lines].join('\n');
}

function titleOf(column: string): string {
  return column === 'id' ? 'run' : column === 'seconds' ? 'time' : column;
}

function cellText(entry: NotedEntry, column: string): string {
  if (column === 'stages') return stagesText(entry);
  if (column === 'started') return entry.started.slice(0, 16).replace('T', ' ');
  if (column === 'seconds') return durationText(entry.seconds);
  const value = valueOf(entry, column);
  return value === undefined || value === null ? '–' : metricText(value);
}

function stagesText({ executed, cached, failed, skipped, warnings }: NotedEntry): string {
  const parts: [number, string][] = [
    [executed, 'run'],
    [cached, 'cached'],
    [failed, 'failed'],
    [skipped, 'skipped'],
    [warnings, warnings === 1 ? 'warning' : 'warnings'],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count} ${name}`)
    .join(', ');
}
