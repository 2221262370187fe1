/** What a user can write as a number is bounded by its schema, so that a typing error is found before any memory is taken. */
import { describe, expect, it } from 'vitest';
import { KINDS } from './kinds.ts';

interface Schema {
  readonly type?: string | readonly string[];
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** Parameters without a maximum, and why they need none. */
const UNBOUNDED: Readonly<Record<string, string>> = {
  judged_seed: 'any seed is as good as any other, and none is a size',
  seed: 'any seed is as good as any other, and none is a size',
  max_score: 'a limit on scores, whose unit depends on the retriever',
  min_score: 'a limit on scores, whose unit depends on the retriever',
};

/** Every number in a schema, with its path. */
function numbers(schema: Schema, path: string): [path: string, schema: Schema][] {
  const types = [schema.type ?? []].flat();
  const own: [string, Schema][] =
    types.includes('integer') || types.includes('number') ? [[path, schema]] : [];
  const { additionalProperties: open } = schema;
  return [
    ...own,
    ...Object.entries(schema.properties ?? {}).flatMap(([name, each]) => numbers(each, `${path}.${name}`)),
    ...[...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap((branch) => numbers(branch, path)),
    ...(schema.items ? numbers(schema.items, `${path}[]`) : []),
    ...(typeof open === 'object' ? numbers(open, `${path}.*`) : []),
  ];
}

const ALL = Object.entries(KINDS).flatMap(([name, kind]) => numbers(kind.parameters as Schema, name));
const lastName = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

describe('a numeric parameter', () => {
  it('has a maximum, or is listed as one that needs none', () => {
    expect(ALL.length).toBeGreaterThan(40);
    const unbounded = ALL.filter(
      ([path, { maximum, exclusiveMaximum }]) =>
        maximum === undefined && exclusiveMaximum === undefined && UNBOUNDED[lastName(path)] === undefined,
    );
    expect(unbounded.map(([path]) => path)).toEqual([]);
  });

  it('is listed as unbounded only if it exists and is', () => {
    for (const name of Object.keys(UNBOUNDED)) {
      const found = ALL.filter(([path]) => lastName(path) === name);
      expect(found).not.toEqual([]);
      for (const [, { maximum }] of found) expect(maximum).toBeUndefined();
    }
  });
});
