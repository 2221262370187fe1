/** The expectations are on types: `npm run typecheck` is what fails. */
import { describe, expectTypeOf, it } from 'vitest';
import type { Json, JsonObject } from '../../src/base/json.ts';
import type { FromSchema } from '../../src/base/schema-type.ts';

interface Text {
  type: 'string';
}
interface Whole {
  type: 'integer';
}

describe('the type of a schema', () => {
  it('has the values of const and enum, and the named types', () => {
    expectTypeOf<FromSchema<{ const: 'gru' }>>().toEqualTypeOf<'gru'>();
    expectTypeOf<FromSchema<{ enum: ['top', 'random'] }>>().toEqualTypeOf<'top' | 'random'>();
    expectTypeOf<FromSchema<Text>>().toEqualTypeOf<string>();
    expectTypeOf<FromSchema<Whole>>().toEqualTypeOf<number>();
    expectTypeOf<FromSchema<{ type: 'boolean' }>>().toEqualTypeOf<boolean>();
    expectTypeOf<FromSchema<{ type: ['integer', 'null'] }>>().toEqualTypeOf<number | null>();
  });

  it('has a property that is required or has a default, and may have any other', () => {
    interface Schema {
      type: 'object';
      required: ['path'];
      properties: { path: Text; seed: Whole & { default: 42 }; label: Text };
    }
    expectTypeOf<FromSchema<Schema>>().toEqualTypeOf<{
      readonly path: string;
      readonly seed: number;
      readonly label?: string;
    }>();
  });

  it('has one member for each tagged branch', () => {
    interface Schema {
      type: 'object';
      discriminator: { propertyName: 'from' };
      oneOf: [
        { required: ['from']; properties: { from: { const: 'random' } } },
        { required: ['from']; properties: { from: { const: 'bm25' }; depth: Whole & { default: 10 } } },
      ];
    }
    expectTypeOf<FromSchema<Schema>>().toEqualTypeOf<
      { readonly from: 'random' } | { readonly from: 'bm25'; readonly depth: number }
    >();
  });

  it('tells a list from a pair', () => {
    expectTypeOf<FromSchema<{ type: 'array'; minItems: 1; items: Text }>>().toEqualTypeOf<
      readonly string[]
    >();
    expectTypeOf<FromSchema<{ type: 'array'; minItems: 2; maxItems: 2; items: Text }>>().toEqualTypeOf<
      readonly [string, string]
    >();
  });

  it('is a map where the names are open, and holds nothing where there are none', () => {
    expectTypeOf<FromSchema<{ type: 'object'; additionalProperties: Text }>>().toEqualTypeOf<
      Readonly<Record<string, string>>
    >();
    expectTypeOf<FromSchema<{ type: 'object'; additionalProperties: true }>>().toEqualTypeOf<JsonObject>();
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a schema without properties
    expectTypeOf<FromSchema<{ type: 'object'; properties: {} }>>().toEqualTypeOf<
      Readonly<Record<string, never>>
    >();
  });

  it('is any JSON for a schema whose literals are lost', () => {
    expectTypeOf<FromSchema<Readonly<Record<string, unknown>>>>().toEqualTypeOf<Json>();
  });
});
