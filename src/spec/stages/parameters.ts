/** `with` against the JSON Schema of its kind: defaults filled in, faults at the place of what was written. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { JsonObject } from '../../base/json.ts';
import type { Kind } from '../../kinds/kind.ts';
import type { KindDeclaration } from '../../stage.ts';
import type { KnownStage } from './inputs.ts';
import { errorAt, type Report } from '../text/source.ts';
import { deepest, mapToJson, segmentsOf, type MapNode } from '../text/tree.ts';
import { explainViolations } from './violations.ts';

let shared: Ajv | undefined;
/** Each kind's schema is compiled once in a process, when its first stage comes up; a text says why it cannot be. */
const compiled = new WeakMap<KindDeclaration, ValidateFunction | string>();

function validator(kind: Kind): ValidateFunction | string {
  const known = compiled.get(kind.declaration);
  if (known !== undefined) return known;
  shared ??= new Ajv({
    useDefaults: true,
    allErrors: true,
    verbose: true,
    discriminator: true,
    keywords: ['x-path'],
    strict: true,
    // Pedantry that is right for a schema's author and wrong in front of its user.
    strictRequired: false,
    strictTypes: false,
    strictTuples: false,
    // Compiling the meta-schema takes longer than all kinds do; a user's module is checked against it below.
    validateSchema: false,
    // Tidying the generated code takes longer than generating it, for a function that runs a few times.
    code: { optimize: false },
  });
  const validate = compile(shared, kind);
  compiled.set(kind.declaration, validate);
  return validate;
}

/** The parameters as the kind will see them; undefined where they break its schema, which is reported. */
export function checkParameters({ kind, raw }: KnownStage, report: Report): JsonObject | undefined {
  const validate = validator(kind);
  if (typeof validate === 'string') {
    const message = `the parameters of ${kind.name} are no valid JSON Schema: ${validate}`;
    report(errorAt(raw.uses.place, message));
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
    if (origin === 'module' && ajv.validateSchema(parameters) === false) return ajv.errorsText();
    return ajv.compile(parameters);
  } catch (error) {
    return (error as Error).message;
  }
}

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

/** A variable holds text only, so a text that is all of one becomes the number or truth value that is wanted. */
function coerceVariables(data: JsonObject, written: MapNode, errors: readonly ErrorObject[]): boolean {
  let changed = false;
  for (const { keyword, instancePath, params } of errors) {
    if (keyword !== 'type') continue;
    const segments = segmentsOf(instancePath);
    const { node } = deepest(written, segments);
    if (node.type !== 'scalar' || !node.fromEnvironment || typeof node.value !== 'string') continue;
    const value = coerced(node.value, String(params['type']));
    if (value === undefined) continue;
    // Along a pointer that ajv gave us: everything on the way is there.
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
