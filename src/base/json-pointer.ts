/** JSON pointers (RFC 6901) to the values inside a JSON value. */
import type { Json, JsonObject } from './json.ts';

/** RFC 6901, section 3. */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A copy of `value` with those at the pointers replaced; `replace` is called for each that is there. */
export function replaceAt(
  value: Json,
  pointers: ReadonlySet<string>,
  replace: (value: Json, pointer: string) => Json,
): Json {
  if (pointers.size === 0) return value;
  const visit = (at: Json, pointer: string): Json => {
    if (pointers.has(pointer)) return replace(at, pointer);
    if (Array.isArray(at)) return at.map((item: Json, index) => visit(item, `${pointer}/${index}`));
    if (typeof at !== 'object' || at === null) return at;
    return Object.fromEntries(
      Object.entries(at as JsonObject).map(([name, member]) => [
        name,
        visit(member, `${pointer}/${escapePointer(name)}`),
      ]),
    );
  };
  return visit(value, '');
}
