/**
 * A key whose artifact the user declared as good as another's (`pipeline accept`): the new key names the old one.
 * One small file an alias, in a folder of its own; the artifact itself is not touched.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Key } from '../../base/hash.ts';
import { writeDurably } from '../durable.ts';
import type { StoreLayout } from '../layout.ts';

export interface Alias {
  readonly format: 1;
  readonly kind: string;
  /** The key that a stage has now … */
  readonly key: Key;
  /** … and the one under which its accepted artifact lies. */
  readonly target: Key;
  /** What had changed, in words. */
  readonly because: readonly string[];
  readonly accepted: string;
}

function aliasFile(layout: StoreLayout, kind: string, key: Key): string {
  return join(layout.aliases, kind, `${key}.json`);
}

export function writeAlias(layout: StoreLayout, alias: Alias): void {
  writeDurably(aliasFile(layout, alias.kind, alias.key), `${JSON.stringify(alias, null, 1)}\n`);
}

export function readAlias(layout: StoreLayout, kind: string, key: Key): Alias | undefined {
  const file = aliasFile(layout, kind, key);
  // There seldom is one, and an exception costs ten times a question.
  if (!existsSync(file)) return undefined;
  try {
    const alias = JSON.parse(readFileSync(file, 'utf8')) as Alias;
    return (alias.format as number) === 1 && alias.key === key ? alias : undefined;
  } catch {
    return undefined;
  }
}
