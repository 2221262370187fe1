import { compareTexts } from '../../base/condition.ts';
import { PipelineError } from '../../base/diagnostic.ts';
import {
  checkName,
  meets,
  parseCondition,
  parseSince,
  valueOf,
  type NotedEntry,
} from '../../history/filter.ts';
import { stagesText, type RunEntry } from '../../history/entry.ts';
import { listHint } from '../../base/nearest.ts';
import { groupSweeps } from '../../history/sweep-groups.ts';
import { latestEntries, readHistory, type History } from '../../history/run-index.ts';
import { allNotes, NO_NOTES } from '../../history/notes.ts';
import type { Scalar } from '../../history/values.ts';
import { printJson, printNotice, printResult, styleFor, useColor, type Style } from '../render/output.ts';
import { openStore } from '../../session.ts';
import { receiveRecords } from '../../history/remote-runs.ts';
import type { StoreLayout } from '../../store/layout.ts';
import { asFailure, remoteStores } from './stores.ts';
import { durationText, metricText, table, type Alignment } from '../render/text.ts';

export interface RunsOptions {
  readonly store?: string;
  readonly remote?: string | true;
  readonly spec?: string;
  readonly outcome?: string;
  readonly tag?: string;
  /** Id of a sweep, or its beginning or end. */
  readonly sweep?: string;
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
export async function runsCommand(options: RunsOptions): Promise<number> {
  const layout = options.remote === undefined ? await openStore(options) : await remoteRecords(options);
  const filtered =
    FILTERS.some((option) => options[option] !== undefined) ||
    options.sort !== undefined ||
    options.all === true;
  const grouped = isGrouped(options);
  const rowOf = ({ id, sweep }: RunEntry): string => (grouped ? (sweep?.id ?? id) : id);
  const history = filtered ? readHistory(layout) : latestEntries(layout, options.limit, rowOf);
  warnOfDamage(history);
  const notes = allNotes(layout);
  const all = history.entries.map((entry) => ({ ...entry, ...(notes.get(entry.id) ?? NO_NOTES) }));
  const chosen = sorted(wanted(all, options), options.sort);
  const rows = grouped ? groupSweeps(chosen) : chosen.map((entry) => ({ entry, runs: 1 }));
  const cut = options.all === true ? rows : rows.slice(0, options.limit);
  const shown = cut.map(({ entry }) => entry);
  if (options.json) {
    printJson({ runs: shown });
    return 0;
  }
  const { columns, hidden } = columnsOf(options, shown, all);
  printResult(tableOf(shown, columns, styleFor(useColor('stdout'))));
  if (hidden > 0) printNotice(`${hidden} more parameters differ; name those to show with --columns`);
  const left = chosen.length + history.unread - cut.reduce((sum, { runs }) => sum + runs, 0);
  if (left > 0) printNotice(`${left} more runs; show them with --all or --limit ${options.limit * 2}`);
  return 0;
}

/** The records of the remote store; tags are those of this machine. */
async function remoteRecords(options: RunsOptions): Promise<StoreLayout> {
  const { remote, layout } = await remoteStores(options);
  return asFailure(remote.settings.address, async () => receiveRecords(await remote.objects(), layout));
}

const FILTERS = ['spec', 'outcome', 'tag', 'sweep', 'where', 'since'] as const;

/** A sweep is one row, except where single runs are asked for. */
function isGrouped({ sweep, tag, where, sort, columns, diff, json }: RunsOptions): boolean {
  return [sweep, tag, where, sort, columns, diff, json].every((option) => option === undefined);
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
  const sweep = options.sweep === undefined ? undefined : sweepNamed(options.sweep, all);
  const since = options.since === undefined ? '' : parseSince(options.since);
  return all.filter(
    (entry) =>
      entry.started >= since &&
      (options.spec === undefined || entry.spec === options.spec || entry.file.endsWith(options.spec)) &&
      (options.outcome === undefined || entry.outcome === options.outcome) &&
      (options.tag === undefined || entry.tags.includes(options.tag)) &&
      (sweep === undefined || entry.sweep?.id === sweep) &&
      conditions.every((condition) => meets(entry, condition)),
  );
}

/** The id of the one sweep that the text names. Throws `E_USAGE`. */
function sweepNamed(text: string, all: readonly NotedEntry[]): string {
  const ids = [...new Set(all.flatMap(({ sweep }) => (sweep ? [sweep.id] : [])))];
  const found =
    text === 'latest' ? ids.slice(0, 1) : ids.filter((id) => id.startsWith(text) || id.endsWith(text));
  if (found.length === 1) return found[0]!;
  throw new PipelineError(
    'E_USAGE',
    `${found.length === 0 ? 'there is no sweep' : 'several sweeps are'} '${text}'`,
    {
      hint: listHint(found.length === 0 ? ids : found) ?? 'No sweep has been recorded yet.',
    },
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
): { readonly columns: readonly string[]; readonly hidden: number } {
  const chosen = options.columns?.split(',').map((name) => name.trim()) ?? [...DEFAULT_COLUMNS];
  for (const name of chosen) if (name !== 'stages') checkName(name, all);
  if (chosen.includes('')) throw new PipelineError('E_USAGE', '--columns has an empty name');
  const found = options.diff ? differing(shown) : [];
  const columns = [...chosen, ...found.slice(0, MOST_DIFFERING)];
  return { columns, hidden: Math.max(0, found.length - MOST_DIFFERING) };
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
  if (column === 'stages') return [stagesText(entry), warningsText(entry)].filter(Boolean).join(', ');
  if (column === 'started') return entry.started.slice(0, 16).replace('T', ' ');
  if (column === 'seconds') return durationText(entry.seconds);
  const value = valueOf(entry, column);
  return value === undefined || value === null ? '–' : metricText(value);
}

function warningsText({ warnings }: NotedEntry): string {
  return warnings === 0 ? '' : `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
}
