/** Pieces of the schema that several parameters share: files, columns, objects. */
import type { FromSchema } from '../../src/stage.ts';

export const path = { type: 'string', minLength: 1, 'x-path': 'input' } as const;

export const files = (description: string) =>
  ({
    description: `${description} A path, glob or https URL, or a list of them.`,
    anyOf: [path, { type: 'array', minItems: 1, items: path }],
  }) as const;

export const filesBySplit = (description: string) =>
  ({
    description: `${description} Split name → path, glob or https URL, or a list of them.`,
    type: 'object',
    minProperties: 1,
    propertyNames: { minLength: 1 },
    additionalProperties: files('The files of one split.'),
  }) as const;

export const column = (description: string) =>
  ({
    description: `${description} Name of the column, or its position from 1 if \`header\` is false.`,
    anyOf: [
      { type: 'string', minLength: 1 },
      { type: 'integer', minimum: 1, maximum: 10_000 },
    ],
  }) as const;

export const object = <const Properties extends object, const Required extends readonly (keyof Properties)[]>(
  description: string,
  properties: Properties,
  required: Required,
) => ({ description, type: 'object', properties, required, additionalProperties: false }) as const;

export const select = (description: string) => ({ description, type: 'string', minLength: 1 }) as const;

/** The name of a column, or its position from 1 in a file without a header. */
export type Column = FromSchema<ReturnType<typeof column>>;
export type Files = FromSchema<ReturnType<typeof files>>;
export type FilesBySplit = FromSchema<ReturnType<typeof filesBySplit>>;
