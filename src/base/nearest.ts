/** Finds the name that a user probably meant, and puts it into a hint. */

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of adjacent characters. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(last[j]! + 1, current[j - 1]! + 1, last[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}

/** Longer texts are no names, and comparing two of them takes time that grows with the square of their length. */
const LONGEST_NAME = 200;

/** The name that was probably meant, or undefined if none is close: at most a third of the letters may differ. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  if (written.length > LONGEST_NAME) return undefined;
  for (const name of names) {
    if (name.length > LONGEST_NAME) continue;
    const distance = editDistance(written.toLowerCase(), name.toLowerCase());
    if (distance < least && distance <= Math.max(1, Math.floor(Math.max(written.length, name.length) / 3))) {
      best = name;
      least = distance;
    }
  }
  return best;
}

/** A hint with the name that was probably meant; undefined if none is close. */
export function didYouMean(written: string, names: readonly string[]): string | undefined {
  const close = nearest(written, names);
  return close === undefined ? undefined : `Did you mean '${close}'?`;
}

/** A hint with the name that was probably meant, or with all of them. */
export function nameHint(written: string, names: readonly string[]): string | undefined {
  return didYouMean(written, names) ?? listHint(names);
}

const MOST_LISTED = 20;

/** A hint that lists the names; undefined if there are none. */
export function listHint(names: readonly string[]): string | undefined {
  if (names.length < 2) return names.length === 0 ? undefined : `The only choice is '${names[0]!}'.`;
  const [listed, more] = [names.slice(0, MOST_LISTED), names.length - MOST_LISTED];
  return `The choices are ${listed.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}
