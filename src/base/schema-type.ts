/**
 * The type of what a JSON Schema describes, worked out from the schema's own type, so that the two cannot disagree.
 * It knows what our schemas use and no more; validation at run time is ajv's.
 */
import type { Json, JsonObject } from './json.ts';

/**
 * What a stage sees once the defaults are filled in: a property is there if it is required or has a default. The
 * schema has to keep its literals, by `as const`.
 */
export type FromSchema<S> = S extends { readonly const: infer Value }
  ? Value
  : S extends { readonly enum: readonly (infer Value)[] }
    ? Value
    : S extends { readonly properties: infer P }
      ? FromProperties<P, PresentIn<S, P>>
      : S extends
            { readonly oneOf: readonly (infer Branch)[] } | { readonly anyOf: readonly (infer Branch)[] }
        ? FromSchema<Branch>
        : S extends { readonly type: infer T }
          ? FromType<S, T extends readonly (infer One)[] ? One : T>
          : Json;

/** Names of the properties that are always there. */
type PresentIn<S, P> =
  | (S extends { readonly required: readonly (infer Name)[] } ? Name & keyof P : never)
  | { [K in keyof P]: P[K] extends { readonly default: unknown } ? K : never }[keyof P];

type FromProperties<P, Present extends keyof P> = keyof P extends never
  ? Readonly<Record<string, never>>
  : Flat<
      { readonly [K in Present]: FromSchema<P[K]> } & {
        readonly [K in Exclude<keyof P, Present>]?: FromSchema<P[K]>;
      }
    >;

/** One object type in place of an intersection, for editors and messages. */
type Flat<T> = { [K in keyof T]: T[K] };

type FromType<S, T> = T extends 'string'
  ? string
  : T extends 'integer' | 'number'
    ? number
    : T extends 'boolean'
      ? boolean
      : T extends 'null'
        ? null
        : T extends 'array'
          ? FromArray<S>
          : T extends 'object'
            ? FromOpenObject<S>
            : Json;

type FromArray<S> = S extends { readonly items: infer Item }
  ? S extends { readonly minItems: 2; readonly maxItems: 2 }
    ? readonly [FromSchema<Item>, FromSchema<Item>]
    : readonly FromSchema<Item>[]
  : readonly Json[];

/** An object whose names the schema leaves open. */
type FromOpenObject<S> = S extends { readonly additionalProperties: infer Value }
  ? Value extends boolean
    ? JsonObject
    : Readonly<Record<string, FromSchema<Value>>>
  : JsonObject;
