/** Words ajv's errors: one message and hint per error. Where they are placed in the spec is up to violations.ts. */
import type { ErrorObject } from 'ajv';
import { asSentence } from '../../base/diagnostic.ts';
import { isObject } from '../../base/json.ts';
import { didYouMean, listHint, nameHint } from '../../base/nearest.ts';
import { describe } from '../text/tree.ts';
import { alternatives } from '../text/vocabulary.ts';

export interface Sentence {
  readonly message: string;
  readonly hint?: string | undefined;
  /** What to underline: the value, the name of the mapping that holds it, or the name `item` inside it. */
  readonly at?: 'value' | 'owner' | 'name';
  /** The name in the mapping or the index in the list that is wrong, rather than all of it. */
  readonly item?: string | number;
}

type Explain = (error: ErrorObject, subject: string) => Sentence | undefined;

const plural = (count: number, word: 'character' | 'item' | 'entry'): string =>
  count === 1 ? `1 ${word}` : `${count} ${word === 'entry' ? 'entries' : `${word}s`}`;
const limitOf = ({ params }: ErrorObject): number => Number(params['limit']);

const bound = ({ params, data }: ErrorObject, subject: string): Sentence => {
  const words: Readonly<Record<string, string>> = {
    '>=': 'at least',
    '<=': 'at most',
    '>': 'more than',
    '<': 'less than',
  };
  return {
    message: `${subject} must be ${words[String(params['comparison'])]!} ${limitOf({ params } as ErrorObject)}, got ${String(data)}`,
  };
};

const EXPLANATIONS: Readonly<Record<string, Explain>> = {
  type: ({ params, data, parentSchema }, subject) => {
    const types = [String(params['type']).split(',')].flat();
    return {
      message: `${subject} must be ${alternatives(types.map(typeName))}, got ${describe(data)}`,
      hint: typeHint(types, data, parentSchema),
    };
  },
  enum: ({ params, data }, subject) => oneOfValues(params['allowedValues'] as unknown[], data, subject),
  const: ({ params, data }, subject) => oneOfValues([params['allowedValue']], data, subject),
  required: ({ params, parentSchema }, subject) => {
    const name = String(params['missingProperty']);
    const description = descriptionOf(propertiesOf(parentSchema)[name]);
    return {
      message: `the parameter '${name}' of ${subject} is missing`,
      hint: description === undefined ? undefined : asSentence(description),
      at: 'owner',
    };
  },
  additionalProperties: ({ params, parentSchema }, subject) => {
    const name = String(params['additionalProperty']);
    const names = Object.keys(propertiesOf(parentSchema));
    return {
      message: `${subject} has no parameter '${name}'`,
      hint: nameHint(name, names) ?? 'It takes no parameters.',
      at: 'name',
      item: name,
    };
  },
  discriminator: ({ params, parentSchema, data }, subject) => {
    const tag = String(params['tag']);
    const values = variantsOf(parentSchema, tag);
    const value = isObject(data) ? data[tag] : undefined;
    if (value !== undefined) return { ...oneOfValues(values, value, `'${tag}'`), item: tag };
    return {
      message: `the parameter '${tag}' of ${subject} is missing`,
      hint: listHint(values),
      at: 'owner',
    };
  },
  minimum: bound,
  maximum: bound,
  exclusiveMinimum: bound,
  exclusiveMaximum: bound,
  multipleOf: ({ params, data }, subject) => ({
    message: `${subject} must be a multiple of ${String(params['multipleOf'])}, got ${String(data)}`,
  }),
  minLength: (error, subject) => ({
    message:
      limitOf(error) === 1
        ? `${subject} must not be empty`
        : `${subject} must have at least ${plural(limitOf(error), 'character')}`,
  }),
  maxLength: (error, subject) => ({
    message: `${subject} must have at most ${plural(limitOf(error), 'character')}`,
  }),
  minItems: (error, subject) => ({
    message: `${subject} must have at least ${plural(limitOf(error), 'item')}`,
  }),
  maxItems: (error, subject) => ({
    message: `${subject} must have at most ${plural(limitOf(error), 'item')}`,
  }),
  minProperties: (error, subject) => ({
    message: `${subject} must have at least ${plural(limitOf(error), 'entry')}`,
  }),
  maxProperties: (error, subject) => ({
    message: `${subject} must have at most ${plural(limitOf(error), 'entry')}`,
  }),
  uniqueItems: ({ params }, subject) => {
    const [first, second] = [Number(params['i']), Number(params['j'])].sort((a, b) => a - b) as [
      number,
      number,
    ];
    return {
      message: `${subject} has the same item twice: numbers ${first + 1} and ${second + 1}`,
      item: second,
    };
  },
  pattern: ({ params, data, propertyName, parentSchema }, subject) => {
    const pattern = String(params['pattern']);
    if (propertyName !== undefined)
      return {
        message: `the name '${propertyName}' in ${subject} ${formOf(pattern)}`,
        at: 'name',
        item: propertyName,
      };
    const message = `${subject} ${formOf(pattern)}, got ${describe(data)}`;
    const description = descriptionOf(parentSchema);
    return { message, hint: description === undefined ? undefined : asSentence(description) };
  },
  // ajv reports the error of the name separately.
  propertyNames: () => undefined,
  if: () => undefined,
  anyOf: alternativesOf,
  oneOf: alternativesOf,
};

/** What the patterns of the built-in kinds ask for; a regular expression says little to most people. */
const FORMS: Readonly<Record<string, string>> = {
  '^[0-9a-f]{64}$': 'must be 64 hexadecimal digits in lower case',
  '^[A-Za-z_][A-Za-z0-9_]*$': 'must consist of letters, digits and _, and not begin with a digit',
  '^(?!/)(?!.*(^|/)\\.\\.(/|$)).+$': 'must be a relative path without ..',
  '^[^/\\t\\n\\r]+$': 'must not contain /, tabs or line ends',
};

function formOf(pattern: string): string {
  return FORMS[pattern] ?? 'does not have the required form';
}

/** Undefined for errors that only repeat another one. */
export function sentenceFor(error: ErrorObject, subject: string): Sentence | undefined {
  const explain = EXPLANATIONS[error.keyword];
  return explain
    ? explain(error, subject)
    : { message: `${subject} ${error.message ?? `violates '${error.keyword}'`}` };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  integer: 'an integer',
  number: 'a number',
  string: 'a string',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
};

const typeName = (type: string): string => TYPE_NAMES[type] ?? type;

function typeHint(types: readonly string[], data: unknown, schema: unknown): string | undefined {
  if (data === null && isObject(schema) && 'default' in schema)
    return `Leave the parameter out for the default, ${JSON.stringify(schema['default'])}.`;
  if (typeof data === 'string') {
    if (types.includes('boolean') && /^(yes|no|on|off|true|false)$/i.test(data))
      return `Write ${/^(yes|on|true)$/i.test(data) ? 'true' : 'false'} without quotes; ${/^(true|false)$/i.test(data) ? 'in quotes it is' : 'in YAML 1.2, yes, no, on and off are'} text.`;
    if (
      types.some((type) => type === 'integer' || type === 'number') &&
      data.trim() !== '' &&
      Number.isFinite(Number(data))
    )
      return `Write ${data.trim()} without quotes.`;
    if (types.includes('array')) return `Write a list of one item: [${data}].`;
  }
  return types.includes('string') && (typeof data === 'number' || typeof data === 'boolean')
    ? `Write '${String(data)}' in quotes.`
    : undefined;
}

function oneOfValues(values: readonly unknown[], data: unknown, subject: string): Sentence {
  const texts = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return {
    message: `${subject} must be ${alternatives(texts)}, got ${describe(data)}`,
    hint: typeof data === 'string' ? didYouMean(data, texts) : undefined,
  };
}

function propertiesOf(schema: unknown): Readonly<Record<string, unknown>> {
  const properties = isObject(schema) ? schema['properties'] : undefined;
  return isObject(properties) ? properties : {};
}

function descriptionOf(schema: unknown): string | undefined {
  const description = isObject(schema) ? schema['description'] : undefined;
  return typeof description === 'string' ? description : undefined;
}

/** The values that choose among the branches of a discriminated oneOf. */
function variantsOf(schema: unknown, tag: string): string[] {
  const branches = isObject(schema) && Array.isArray(schema['oneOf']) ? (schema['oneOf'] as unknown[]) : [];
  return branches.flatMap((branch) => {
    const property = propertiesOf(branch)[tag];
    if (!isObject(property)) return [];
    return 'const' in property
      ? [String(property['const'])]
      : ((property['enum'] ?? []) as unknown[]).map(String);
  });
}

function alternativesOf({ keyword, params, schema, data }: ErrorObject, subject: string): Sentence {
  const branches = (Array.isArray(schema) ? schema : []) as unknown[];
  const names = branches.map((branch) => requiredOnly(branch));
  if (names.every((name) => name !== undefined)) {
    const several = keyword === 'oneOf' && Array.isArray(params['passingSchemas']);
    return {
      message: `${subject} must have ${several ? 'only one' : 'one'} of: ${names.join('; or ')}`,
      at: 'owner',
    };
  }
  const shapes = [...new Set(branches.map(shapeOf))];
  return { message: `${subject} must be ${alternatives(shapes)}, got ${describe(data)}` };
}

function requiredOnly(branch: unknown): string | undefined {
  if (!isObject(branch) || !Array.isArray(branch['required']) || 'properties' in branch) return undefined;
  const names = branch['required'].map((name) => `'${String(name)}'`);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}

function shapeOf(branch: unknown): string {
  if (!isObject(branch)) return 'anything';
  if ('const' in branch) return JSON.stringify(branch['const']);
  if (Array.isArray(branch['enum'])) return branch['enum'].map((value) => JSON.stringify(value)).join(', ');
  const type = branch['type'];
  return alternatives(
    (Array.isArray(type) ? type : [type ?? 'object']).map((name) => typeName(String(name))),
  );
}
