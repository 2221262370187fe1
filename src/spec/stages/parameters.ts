/** Validates `with` against the JSON Schema of its kind and fills in defaults. Errors are reported in the spec. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { segmentsOf, valueAt } from '../../base/json-pointer.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Kind } from '../../kinds/kind.ts';
import type { JsonSchema, KindDeclaration } from '../../stage.ts';
import type { KnownStage } from './inputs.ts';
import { errorAt, type Report } from '../text/source.ts';
import { deepest, mapToJson, type MapNode } from '../text/tree.ts';
import { explainViolations } from './violations.ts';

let shared: Ajv | undefined;
/** Compiled schemas, each compiled when its kind is first used; a string is the reason why it cannot be. */
const compiled = new WeakMap<KindDeclaration, ValidateFunction | string>();

function validator(kind: Kind): ValidateFunction | string {
  const known = compiled.get(kind.declaration);
  if (known !== undefined) return known;
  shared ??= new Ajv({
    useDefaults: true,
    allErrors: true,
    verbose: true,
    discriminator: true,
    keywords: ['x-path', 'x-split', 'x-unless'],
    strict: true,
    // These checks help the author of a schema, not its user.
    strictRequired: false,
    strictTypes: false,
    strictTuples: false,
    // Compiling the meta-schema takes longer than compiling all kinds. A user's schema is validated below.
    validateSchema: false,
    // Optimising the generated code takes longer than it saves, because each function runs only a few times.
    code: { optimize: false },
  });
  const validate = compile(shared, kind);
  compiled.set(kind.declaration, validate);
  return validate;
}

/** The parameters as the kind receives them; undefined if they violate its schema, which is reported. */
export function checkParameters({ kind, raw }: KnownStage, report: Report): JsonObject | undefined {
  const validate = validator(kind);
  if (typeof validate === 'string') {
    const message = `the \`parameters\` of the kind ${kind.name} are not a valid JSON Schema: ${validate}`;
    report(
      errorAt(raw.uses.place, message, { hint: 'See docs/KINDS.md for how a kind declares its parameters.' }),
    );
    return undefined;
  }
  const data = mapToJson(raw.with);
  if (validate(data)) return data;
  if (coerceVariables(data, raw.with, validate.errors!) && validate(data)) return data;
  for (const diagnostic of explainViolations(validate.errors!, { kind, raw })) report(diagnostic);
  return undefined;
}

function compile(ajv: Ajv, { origin, declaration: { parameters } }: Kind): ValidateFunction | string {
  try {
    if (origin === 'module' && ajv.validateSchema(parameters) === false)
      return faultIn(parameters, ajv.errors ?? []);
    return ajv.compile(withSafeIntegers(parameters) as JsonSchema);
  } catch (error) {
    return (error as Error).message.replace(/^strict mode: /, '').replaceAll('"', "'");
  }
}

/** With a bound for every integer that has none: beyond it, neighbouring integers are the same number. */
function withSafeIntegers(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withSafeIntegers);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, VALUES.has(name) ? value : withSafeIntegers(value)]),
  );
  const isInteger = [copy['type']].flat().includes('integer');
  return isInteger ? { maximum: Number.MAX_SAFE_INTEGER, ...copy } : copy;
}

/** Keywords whose values are no schemas. */
const VALUES: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'examples']);

/** Where a schema of a user's kind is wrong; the validator's own lines name rules of its own schema. */
function faultIn(schema: JsonSchema, errors: readonly ErrorObject[]): string {
  const [first] = [...errors].sort((a, b) => b.instancePath.length - a.instancePath.length);
  const path = first?.instancePath ?? '';
  const value = valueAt(schema as JsonObject, path);
  return path === ''
    ? 'it is not an object of keywords'
    : `${path.slice(1).replaceAll('/', '.')} cannot be ${JSON.stringify(value)}`;
}

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

/** Environment variables are strings, so a value that is just a variable is converted to a number or boolean. */
function coerceVariables(data: JsonObject, written: MapNode, errors: readonly ErrorObject[]): boolean {
  let changed = false;
  for (const { keyword, instancePath, params } of errors) {
    if (keyword !== 'type') continue;
    const segments = segmentsOf(instancePath);
    const { node } = deepest(written, segments);
    if (node.type !== 'scalar' || !node.fromEnvironment || typeof node.value !== 'string') continue;
    const value = coerced(node.value, String(params['type']));
    if (value === undefined) continue;
    // The pointer comes from ajv, so everything on the way exists.
    const parent = segments.slice(0, -1).reduce<unknown>((at, name) => (at as JsonObject)[name], data);
    (parent as Record<string, unknown>)[segments.at(-1)!] = value;
    changed = true;
  }
  return changed;
}

function coerced(text: string, type: string): number | boolean | undefined {
  if (/integer|number/.test(type) && NUMBER.test(text) && Number.isFinite(Number(text))) return Number(text);
  if (type.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return undefined;
}
