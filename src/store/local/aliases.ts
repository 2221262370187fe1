/** Aliases on this machine: one small file each, in a folder of its own; the accepted artifact is not touched. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../base/files.ts';
import type { Key } from '../../base/hash.ts';
import type { StoreLayout } from '../layout.ts';
import type { Alias } from '../store.ts';

function aliasFile(layout: StoreLayout, kind: string, key: Key): string {
  return join(layout.aliases, kind, `${key}.json`);
}

export function writeAlias(layout: StoreLayout, alias: Alias): void {
  writeAtomically(aliasFile(layout, alias.kind, alias.key), `${JSON.stringify(alias, null, 1)}\n`, {
    durable: true,
  });
}

export function readAlias(layout: StoreLayout, kind: string, key: Key): Alias | undefined {
  const file = aliasFile(layout, kind, key);
  // Most keys have none, and an exception costs ten times as much as asking.
  if (!existsSync(file)) return undefined;
  try {
    const alias = JSON.parse(readFileSync(file, 'utf8')) as Alias;
    return (alias.format as number) === 1 && alias.key === key ? alias : undefined;
  } catch {
    return undefined;
  }
}
