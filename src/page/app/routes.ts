/**
 * The state of the page in the hash of its address, so that a link shows what its sender saw:
 * `#/run/ID?at=queries&query=NAME`. Path and values are percent-encoded. No DOM here: hooks are in use-route.ts.
 */
export interface Route {
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s);
  return {
    path: path.split('/').filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

export function formatRoute({ path, query }: Route): string {
  const values = new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== '')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const text = values.toString().replaceAll('+', '%20');
  return `#/${path.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

/** The same page with some values changed; an empty value removes it. */
export function withQuery({ path, query }: Route, changes: Readonly<Record<string, string>>): Route {
  return { path, query: { ...query, ...changes } };
}

/** What a hand-edited address may contain: a lone percent sign stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
