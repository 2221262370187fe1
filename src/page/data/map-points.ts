/** Which documents and queries a map shows: all, or a seeded sample that has the evaluated queries first. */
import { random, shuffle } from '../../base/random.ts';

export interface MapPoints {
  /** Ascending. */
  readonly documents: Uint32Array;
  readonly queries: Uint32Array;
}

export function mapPoints(
  documents: number,
  queries: number,
  evaluated: ReadonlySet<number>,
  cap: number,
): MapPoints {
  if (documents + queries <= cap) return { documents: range(documents), queries: range(queries) };
  const first = sample(
    [...evaluated].sort((a, b) => a - b),
    Math.floor(cap / 2),
    'evaluated queries',
  );
  const taken = new Set(first);
  const rest = [...range(queries)].filter((id) => !taken.has(id));
  // The rest of the points is shared by documents and other queries in proportion to their numbers.
  const room = cap - first.length;
  const forDocuments = Math.min(documents, Math.round((room * documents) / (documents + rest.length)));
  return {
    documents: Uint32Array.from(sample([...range(documents)], forDocuments, 'documents')),
    queries: Uint32Array.from([...first, ...sample(rest, room - forDocuments, 'queries')]).sort(),
  };
}

const range = (length: number): Uint32Array => Uint32Array.from({ length }, (_, i) => i);

function sample(ids: readonly number[], count: number, purpose: string): number[] {
  if (ids.length <= count) return [...ids];
  return [
    ...shuffle(Uint32Array.from(ids), random(0, `map: ${purpose}`))
      .slice(0, count)
      .sort(),
  ];
}
