/**
 * Which stages a terminal shows: all of them in the plan's order where they fit. Else running and failed stages first,
 * with the finished ones folded into a line above them and the waiting ones into a line below.
 */
import { cells } from '../../../base/cells.ts';
import { fit } from '../cut.ts';
import type { Style } from '../output.ts';
import type { Size } from './live-area.ts';

export type RowState = 'waiting' | 'running' | 'finished' | 'failed' | 'skipped';

export interface TreeRow {
  readonly stage: string;
  readonly state: RowState;
  readonly text: string;
}

/** From top to bottom. */
const GROUPS = ['finished', 'skipped', 'failed', 'running', 'waiting'] as const;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** The fraction of a line that names may take. */
const NAMES = 0.4;

/** `turn` counts the drawings, for what moves. */
export function treeFrame(rows: readonly TreeRow[], size: Size, turn: number, style: Style): string[] {
  const width = Math.min(
    Math.max(0, ...rows.map(({ stage }) => cells(stage))),
    Math.max(8, Math.floor(size.columns * NAMES)),
  );
  const line = ({ stage, state, text }: TreeRow): string =>
    `${markOf(state, turn, style)} ${fit(stage, width)}  ${text}`.trimEnd();
  if (rows.length <= size.lines) return rows.map(line);
  const groups = GROUPS.map((state) => ({ state, all: rows.filter((row) => row.state === state) })).filter(
    ({ all }) => all.length > 0,
  );
  if (groups.length > size.lines)
    return [groups.map(({ state, all }) => `${markOf(state, turn, style)} ${all.length}`).join('  ')];
  const shown = shares(groups, size.lines - groups.length);
  return groups.flatMap(({ state, all }) => {
    const count = shown.get(state)!;
    if (count === all.length) return all.map(line);
    const fold = `${markOf(state, turn, style)} ${style.dim(foldText(state, all.length - count, count > 0 && !isPast(state)))}`;
    // Of the finished ones the last, of all others the first.
    return isPast(state)
      ? [fold, ...all.slice(all.length - count).map(line)]
      : [...all.slice(0, count).map(line), fold];
  });
}

interface Group {
  readonly state: RowState;
  readonly all: readonly TreeRow[];
}

/** How many rows of each group are shown, where every group has one line already and `spare` more may be given out. */
function shares(groups: readonly Group[], spare: number): ReadonlyMap<RowState, number> {
  const counts = new Map<RowState, number>(groups.map(({ state }) => [state, 0]));
  let left = spare;
  const give = (state: RowState, most: number): void => {
    const size = groups.find((group) => group.state === state)?.all.length ?? 0;
    const before = counts.get(state) ?? 0;
    const allowed = Math.min(most, left);
    if (size === 0 || before === size) return;
    // The line of the fold becomes that of the last row.
    const isWhole = size - before <= allowed + 1;
    counts.set(state, isWhole ? size : before + allowed);
    left -= isWhole ? size - before - 1 : allowed;
  };
  give('running', left);
  give('failed', left);
  give('waiting', Math.ceil(left / 2));
  give('finished', left);
  give('waiting', left);
  give('skipped', left);
  return counts;
}

function isPast(state: RowState): boolean {
  return state === 'finished' || state === 'skipped';
}

const VERBS: Readonly<Record<RowState, string>> = {
  finished: 'finished',
  skipped: 'not run',
  failed: 'failed',
  running: 'running',
  waiting: 'waiting',
};

function foldText(state: RowState, count: number, isRest: boolean): string {
  return `${count}${isRest ? ' more' : ''} ${count === 1 ? 'stage' : 'stages'} ${VERBS[state]}`;
}

function markOf(state: RowState, turn: number, style: Style): string {
  switch (state) {
    case 'finished':
      return style.green('✔');
    case 'failed':
      return style.red('✖');
    case 'skipped':
      return style.dim('-');
    case 'waiting':
      return style.dim('…');
    case 'running':
      return style.cyan(SPINNER[turn % SPINNER.length]!);
  }
}
