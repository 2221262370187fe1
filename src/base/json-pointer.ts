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

/** The names and positions in a pointer, from the outside in. */
export function segmentsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at a pointer; undefined where there is none. */
export function valueAt(value: Json, pointer: string): Json | undefined {
  return segmentsOf(pointer).reduce<Json | undefined>(
    (at, name) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? (at as JsonObject)[name] : undefined,
    value,
  );
}
