/** Finds and removes what is no longer needed in a store besides artifacts: abandoned work, old logs, checkpoints, … */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Key } from '../../base/hash.ts';
import { parseOwner, stateOf } from '../../base/owner.ts';
import { readAlias } from './aliases.ts';
import { removeFolder } from './folders.ts';
import { bytesBelow, entriesOf, modified, storedArtifacts } from './inventory.ts';
import { artifactFolder, type StoreLayout } from '../layout.ts';
import { isAbandoned, removeWork } from './work.ts';

export interface Leftover {
  readonly what: 'work' | 'lock' | 'checkpoint' | 'task' | 'log' | 'damaged' | 'alias' | 'download';
  readonly path: string;
  readonly bytes: number;
  readonly why: string;
}

export interface LeftoverOptions {
  /** Seconds that damaged artifacts and partial downloads stay. */
  readonly grace: number;
  /** Finished downloads too. */
  readonly downloads: boolean;
  readonly now: number;
}

const DAY = 86_400;
/** How long an unfinished execution's checkpoint, and a log, are kept. */
const CHECKPOINT_DAYS = 7;
const LOG_DAYS = 30;
/** A cluster may let a job wait for long. */
const TASK_DAYS = 30;

export function leftoversOf(layout: StoreLayout, options: LeftoverOptions): Leftover[] {
  const older = (path: string, seconds: number): boolean => (options.now - modified(path)) / 1000 >= seconds;
  return [
    ...below(layout.tmp, 'work', 'its process is gone', isAbandoned),
    ...below(layout.locks, 'lock', 'its process is gone', (path) => isDeadLock(path)),
    ...checkpoints(layout, older),
    ...below(layout.tasks, 'task', `older than ${TASK_DAYS} days`, (path) => older(path, TASK_DAYS * DAY)),
    ...below(layout.logs, 'log', `older than ${LOG_DAYS} days`, (path) => older(path, LOG_DAYS * DAY)),
    ...below(layout.damaged, 'damaged', 'was found damaged', (path) => older(path, options.grace)),
    ...deadAliases(layout),
    ...below(
      layout.downloads,
      'download',
      options.downloads ? 'downloads were asked for' : 'never finished',
      (path) =>
        /\.part(\.json)?$/.test(path)
          ? older(path, CHECKPOINT_DAYS * DAY)
          : options.downloads && !path.endsWith('.lock'),
    ),
  ];
}

function below(
  folder: string,
  what: Leftover['what'],
  why: string,
  isLeft: (path: string) => boolean,
): Leftover[] {
  return entriesOf(folder)
    .map(({ name }) => join(folder, name))
    .filter(isLeft)
    .map((path) => ({ what, path, bytes: bytesBelow(path), why }));
}

function isDeadLock(path: string): boolean {
  try {
    const owner = parseOwner(readFileSync(path, 'utf8'));
    return owner !== undefined && stateOf(owner) === 'dead';
  } catch {
    return false;
  }
}

function checkpoints(layout: StoreLayout, older: (path: string, seconds: number) => boolean): Leftover[] {
  if (!existsSync(layout.resume)) return [];
  const finished = new Set<string>([...storedArtifacts(layout)].map(({ key }) => key));
  return entriesOf(layout.resume).flatMap(({ name }): Leftover[] => {
    const path = join(layout.resume, name);
    if (existsSync(join(layout.locks, name)) && !isDeadLock(join(layout.locks, name))) return [];
    const done = finished.has(name);
    if (!done && !older(path, CHECKPOINT_DAYS * DAY)) return [];
    const why = done ? 'its artifact is finished' : `older than ${CHECKPOINT_DAYS} days`;
    return [{ what: 'checkpoint', path, bytes: bytesBelow(path), why }];
  });
}

function deadAliases(layout: StoreLayout): Leftover[] {
  return entriesOf(layout.aliases).flatMap(({ name: kind }) =>
    entriesOf(join(layout.aliases, kind)).flatMap(({ name }): Leftover[] => {
      const path = join(layout.aliases, kind, name);
      const alias = readAlias(layout, kind, name.replace(/\.json$/, '') as Key);
      if (!alias || existsSync(artifactFolder(layout, alias.kind, alias.target))) return [];
      return [{ what: 'alias', path, bytes: bytesBelow(path), why: 'its target is gone' }];
    }),
  );
}

export function removeLeftover(layout: StoreLayout, { what, path }: Leftover): void {
  if (what === 'work') removeWork(layout, path);
  else if (what === 'lock') {
    // Checked again at the last moment: a new process may have taken it over.
    if (isDeadLock(path)) rmSync(path, { force: true });
  } else removeFolder(path);
}
