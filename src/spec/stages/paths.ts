/** Finds the `x-path` values in checked parameters and makes them absolute. */
import { isAbsolute, normalize, resolve } from 'node:path';
import { segmentsOf } from '../../base/json-pointer.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { JsonSchema } from '../../stage.ts';
import type { KnownStage } from './inputs.ts';
import { isPackageFile, packageFile } from './package-file.ts';
import { errorAt, locate, type Report } from '../text/source.ts';
import type { PathParameter } from '../spec.ts';
import { deepest, sourceOf } from '../text/tree.ts';

export interface ResolvedParameters {
  readonly with: JsonObject;
  readonly paths: readonly PathParameter[];
}

interface Walk {
  readonly root: JsonSchema;
  /** Marks the values to visit. */
  readonly keyword: string;
  readonly visit: Visit;
}

type Visit = (value: string, pointer: string, schema: JsonSchema) => string;

const URL = /^https?:\/\//;
const OTHER_SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;

/** `fed`: slots that a stage feeds. Whether the files exist is checked by the planner. */
export function resolvePaths(
  { raw, kind }: KnownStage,
  params: JsonObject,
  fed: ReadonlySet<string>,
  report: Report,
): ResolvedParameters {
  const paths: PathParameter[] = [];
  const rooting = Object.entries(kind.declaration.inputs).find(
    ([slot, { rootsPaths }]) => rootsPaths && fed.has(slot),
  );
  const visit = (value: string, pointer: string): string => {
    const { node } = deepest(raw.with, segmentsOf(pointer));
    const place = node === raw.with ? raw.key : node.place;
    const scheme = URL.test(value) ? undefined : OTHER_SCHEME.exec(value)?.[1];
    if (scheme !== undefined)
      report(
        errorAt(place, `${scheme}:// URLs are not supported`, {
          hint: 'Give a path, or an http:// or https:// URL.',
        }),
      );
    const published = isPackageFile(value) ? packageFile(value, sourceOf(node).directory) : undefined;
    if (isPackageFile(value) && !published)
      report(
        errorAt(place, `'${value}' does not name a file of an npm package`, {
          hint: 'Write `npm:NAME`, or `npm:NAME/FILE` with a file inside the package.',
        }),
      );
    const fixed = isAbsolute(value) || URL.test(value) || published !== undefined;
    const rooted = rooting !== undefined && !fixed;
    if (rooted && /^\.\.([/\\]|$)/.test(normalize(value)))
      report(
        errorAt(
          place,
          `${value} is outside the folder of the input '${rooting[0]}', to which it is relative`,
        ),
      );
    const kept = URL.test(value) || rooted;
    const result = kept ? value : (published?.path ?? resolve(sourceOf(node).directory, value));
    paths.push({
      pointer,
      value: result,
      location: locate(place),
      ...(published ? { package: published.name } : {}),
      ...(rooted ? { rootedIn: rooting[0] } : {}),
    });
    return result;
  };
  const root = kind.declaration.parameters;
  return { with: mapMarked(root, 'x-path', params, visit), paths };
}

/** The parameters with every string whose schema has the keyword replaced by the result of `visit`. */
export function mapMarked(root: JsonSchema, keyword: string, params: JsonObject, visit: Visit): JsonObject {
  return walk({ root, keyword, visit }, root, params, '') as JsonObject;
}

function walk(context: Walk, schema: unknown, value: Json, pointer: string): Json {
  if (!isObject(schema)) return value;
  let result: Json = value;
  if (typeof value === 'string' && context.keyword in schema) return context.visit(value, pointer, schema);
  for (const part of partsOf(context.root, schema, value)) result = walk(context, part, result, pointer);
  if (Array.isArray(result)) {
    const list: readonly Json[] = result;
    return list.map((item, index) => walk(context, schema['items'], item, `${pointer}/${index}`));
  }
  return isObject(result) ? walkMembers(context, schema, result, pointer) : result;
}

function walkMembers(context: Walk, schema: JsonSchema, value: JsonObject, pointer: string): Json {
  const { properties, additionalProperties } = schema;
  const patterns = Object.entries(isObject(schema['patternProperties']) ? schema['patternProperties'] : {});
  if (!isObject(properties) && !isObject(additionalProperties) && patterns.length === 0) return value;
  const schemaOf = (name: string): unknown => {
    if (isObject(properties) && Object.hasOwn(properties, name)) return properties[name];
    return patterns.find(([pattern]) => new RegExp(pattern, 'u').test(name))?.[1] ?? additionalProperties;
  };
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const escaped = name.replaceAll('~', '~0').replaceAll('/', '~1');
      return [name, walk(context, schemaOf(name), member, `${pointer}/${escaped}`)];
    }),
  );
}

/** Subschemas that apply to the same value; of alternatives, the first that the value can satisfy. */
function partsOf(root: JsonSchema, schema: JsonSchema, value: Json): unknown[] {
  const { $ref, allOf, anyOf, oneOf } = schema;
  const parts: unknown[] = Array.isArray(allOf) ? [...(allOf as unknown[])] : [];
  if (typeof $ref === 'string' && $ref.startsWith('#'))
    parts.push(
      segmentsOf($ref.slice(1)).reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), root),
    );
  for (const branches of [anyOf, oneOf])
    if (Array.isArray(branches))
      parts.push((branches as unknown[]).find((branch) => couldMeet(branch, value)));
  return parts;
}

/** Distinguishes alternatives by type, constants and names. The value is known to satisfy one of them. */
function couldMeet(schema: unknown, value: Json): boolean {
  if (!isObject(schema)) return schema !== false;
  const { type, const: constant, enum: values, pattern, required, properties } = schema;
  if (type !== undefined && ![type].flat().some((name) => hasType(name, value))) return false;
  if (constant !== undefined && constant !== value) return false;
  if (Array.isArray(values) && !values.includes(value)) return false;
  if (typeof pattern === 'string' && typeof value === 'string' && !new RegExp(pattern, 'u').test(value))
    return false;
  if (!isObject(value)) return true;
  if (Array.isArray(required) && !required.every((name) => Object.hasOwn(value, String(name)))) return false;
  return Object.entries(isObject(properties) ? properties : {}).every(
    ([name, property]) => !Object.hasOwn(value, name) || couldMeet(property, value[name] as Json),
  );
}

function hasType(type: unknown, value: Json): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
