/** What happened to the files of one path parameter between two looks at them, in words. */
import type { ExternalSet } from './external.ts';

const MOST_NAMED = 3;

/**
 * In the form of the plan's reasons, such as `deps.0: a.txt was written`; undefined where nothing happened. A file that
 * was written with the content that it had counts: it may have had another in between.
 */
export function fileChanges(pointer: string, before: ExternalSet, after: ExternalSet): string | undefined {
  const changes = changesBetween(before, after);
  if (changes.length === 0) return undefined;
  const rest = changes.length - MOST_NAMED;
  const named = rest > 0 ? [...changes.slice(0, MOST_NAMED), `${rest} more`] : changes;
  return `${pointer.slice(1).replaceAll('/', '.')}: ${named.join(', ')}`;
}

function changesBetween(before: ExternalSet, after: ExternalSet): string[] {
  const [old, current] = [before.writes(), after.writes()];
  const changes = [...new Set([...old.keys(), ...current.keys()])].sort().flatMap((name) => {
    if (!old.has(name)) return [`${name} was added`];
    if (!current.has(name)) return [`${name} was removed`];
    return old.get(name) === current.get(name) ? [] : [`${name} was written`];
  });
  // Within one tick of the file system's clock.
  return changes.length === 0 && before.digest !== after.digest ? ['a file was written'] : changes;
}
