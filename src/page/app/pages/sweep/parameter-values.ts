/** Names and values of parameters in few letters. No DOM. */
import type { Json } from '../../../../base/json.ts';

export function plainValue(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Last parts that say nothing by themselves. */
const VAGUE: ReadonlySet<string> = new Set(['name', 'from', 'source', 'format', 'method', 'uses', 'weight']);

/** The last part of each name, with as many parts before it as it takes to tell them apart. */
export function shortNames(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    names.map((name) => {
      const parts = name.split('.');
      for (let kept = VAGUE.has(parts.at(-1)!) ? 2 : 1; kept < parts.length; kept++) {
        const short = parts.slice(-kept).join('.');
        const same = names.filter((other) => other === short || other.endsWith(`.${short}`));
        if (same.length === 1) return [name, short];
      }
      return [name, name];
    }),
  );
}
