import { join } from 'node:path';
import type { Key } from '../base/hash.ts';

/** Paths in the store's folder. The kinds' folders are next to these names, which no kind may have. */
export interface StoreLayout {
  readonly root: string;
  /** Work in progress, one folder per execution; may be deleted while nothing runs. */
  readonly tmp: string;
  /** One JSON per run. */
  readonly runs: string;
  /** One file per artifact being made. */
  readonly locks: string;
  /** What each stage printed, by key. */
  readonly logs: string;
  /** Checkpoints of unfinished executions, by key. */
  readonly resume: string;
  /** Jobs for workers elsewhere and what they report, by key; of no use once the artifact is there. */
  readonly tasks: string;
  /** Finished downloads, by URL. */
  readonly downloads: string;
  /** Artifacts and downloads that were found damaged. */
  readonly damaged: string;
  /** Aliases of keys, by kind. */
  readonly aliases: string;
  /** Digests of external files and compiled user kinds; safe to delete at any time. */
  readonly cache: string;
}

export const RESERVED_NAMES = [
  'tmp',
  'runs',
  'locks',
  'logs',
  'resume',
  'tasks',
  'downloads',
  'damaged',
  'aliases',
  'cache',
] as const;

export function storeLayout(root: string): StoreLayout {
  const folders = Object.fromEntries(RESERVED_NAMES.map((name) => [name, join(root, name)]));
  return { root, ...(folders as Record<(typeof RESERVED_NAMES)[number], string>) };
}

export function artifactFolder(layout: StoreLayout, kind: string, key: Key): string {
  return join(layout.root, kind, key);
}

/** What the latest execution of a key printed. */
export function logFile(layout: StoreLayout, kind: string, key: Key): string {
  return join(layout.logs, `${kind}-${key.slice(0, 16)}.log`);
}

export const MANIFEST = 'manifest.json';
