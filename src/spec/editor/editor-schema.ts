/** Adapts a kind's schema for editors: `${…}` may replace any value, and non-standard keywords are removed. */
import { isObject } from '../../base/json.ts';
import type { JsonSchema } from '../../stage.ts';

export const REFERENCE: JsonSchema = {
  description: 'A reference: ${params.name}, ${env.NAME} or ${env.NAME:-default}.',
  type: 'string',
  pattern: '\\$\\{',
};

/** The description and the default stay at the top level, where editors look for them. */
export function orReference(schema: JsonSchema): JsonSchema {
  const { description, default: preset, ...rest } = schema;
  return {
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { default: preset }),
    anyOf: [rest, { $ref: '#/definitions/reference' }],
  };
}

export function editorSchema(schema: JsonSchema): JsonSchema {
  return translate(schema, false);
}

/** For a file that extends a base: nothing is required, and null removes a value of the base. */
export function partialSchema(schema: JsonSchema): JsonSchema {
  return orNull(orReference(translate(schema, true)));
}

function orNull(schema: JsonSchema): JsonSchema {
  return Array.isArray(schema['anyOf'])
    ? { ...schema, anyOf: [...(schema['anyOf'] as unknown[]), { type: 'null' }] }
    : schema;
}

/** Keywords of ours, which an editor does not know. */
const MARKS = ['x-path', 'x-split', 'x-unless'];

/** Keywords that require a value to be complete. */
const COMPLETENESS = ['required', 'minProperties', 'dependentRequired'];

function translate(schema: JsonSchema, partial: boolean): JsonSchema {
  if (isObject(schema['discriminator']))
    return byTag(schema, String(schema['discriminator']['propertyName']), partial);
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(schema)) {
    if (MARKS.includes(name) || (partial && COMPLETENESS.includes(name))) continue;
    // Two alternatives may both accept a `${…}`.
    if (name === 'oneOf' || name === 'anyOf' || name === 'allOf')
      result[name === 'oneOf' ? 'anyOf' : name] = (value as JsonSchema[]).map((part) =>
        translate(part, partial),
      );
    else if (name === 'properties' || name === 'patternProperties')
      result[name] = Object.fromEntries(
        Object.entries(value as Record<string, JsonSchema>).map(([property, part]) => [
          property,
          member(part, partial),
        ]),
      );
    else if (name === 'items' || name === 'additionalProperties')
      result[name] = isObject(value) ? member(value, partial && name !== 'items') : value;
    else result[name] = value;
  }
  return result;
}

function member(schema: JsonSchema, partial: boolean): JsonSchema {
  const translated = translate(schema, partial);
  const value = acceptsAnyText(schema) ? translated : orReference(translated);
  return partial ? orNull(Array.isArray(value['anyOf']) ? value : orReference(value)) : value;
}

function acceptsAnyText({ type, enum: values, const: constant, pattern, maxLength }: JsonSchema): boolean {
  return (
    type === 'string' &&
    values === undefined &&
    constant === undefined &&
    pattern === undefined &&
    maxLength === undefined
  );
}

/** Variants as if/then on their tag, so that an editor completes and checks only the chosen one. */
function byTag(schema: JsonSchema, tag: string, partial: boolean): JsonSchema {
  const { oneOf, required } = schema;
  const rest = Object.fromEntries(
    Object.entries(schema).filter(([name]) => !['discriminator', 'oneOf', 'required'].includes(name)),
  );
  const variants = (oneOf as JsonSchema[]).map((variant) => {
    const { [tag]: tagSchema } = variant['properties'] as Record<string, JsonSchema>;
    const values = 'const' in tagSchema! ? [tagSchema['const']] : (tagSchema!['enum'] as unknown[]);
    return { values, description: tagSchema!['description'] ?? variant['description'], variant };
  });
  return {
    ...rest,
    type: 'object',
    ...(partial ? {} : { required: required ?? [tag] }),
    properties: {
      [tag]: {
        description: `The variant: ${variants.flatMap(({ values }) => values).join(', ')}.`,
        anyOf: [
          ...variants.map(({ values, description }) => ({
            enum: values,
            ...(description === undefined ? {} : { description }),
          })),
          { $ref: '#/definitions/reference' },
        ],
      },
    },
    allOf: variants.map(({ values, variant }) => ({
      if: { required: [tag], properties: { [tag]: { enum: values } } },
      then: translate(variant, partial),
    })),
  };
}
