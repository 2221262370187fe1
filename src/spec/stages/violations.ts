/** ajv's errors → one diagnostic each, at the place of the value in the spec. Words are in violation-texts.ts. */
import type { ErrorObject } from 'ajv';
import { segmentsOf } from '../../base/json-pointer.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { KnownStage } from './inputs.ts';
import { errorAt, type Place, type Remarks } from '../text/source.ts';
import { childOf, deepest, type Node } from '../text/tree.ts';
import { STAGE_FIELDS } from '../text/vocabulary.ts';
import { flowText } from './misplaced.ts';
import { foreignHint } from './variants.ts';
import { sentenceFor, type Sentence } from './violation-texts.ts';

export function explainViolations(errors: readonly ErrorObject[], stage: KnownStage): Diagnostic[] {
  const seen = new Set<string>();
  return settleAlternatives(withoutEchoes(errors)).flatMap((error) => {
    const diagnostic = explain(error, stage);
    if (!diagnostic) return [];
    const { message, location } = diagnostic;
    const identity = `${location!.line}:${location!.column}:${message}`;
    if (seen.has(identity)) return [];
    seen.add(identity);
    return [diagnostic];
  });
}

/** A missing tag is reported twice: by `required`, and by the discriminator, which knows its values. */
function withoutEchoes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const tags = errors.filter(({ keyword }) => keyword === 'discriminator');
  return errors.filter(
    ({ keyword, instancePath, params }) =>
      keyword !== 'required' ||
      !tags.some(
        (tag) => tag.instancePath === instancePath && tag.params['tag'] === params['missingProperty'],
      ),
  );
}

/**
 * A failed anyOf or oneOf comes with the errors of every branch. If exactly one branch matches the type of the value,
 * its errors are reported; otherwise, the alternatives are.
 */
function settleAlternatives(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const compounds = errors
    .filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')
    .sort((a, b) => a.schemaPath.length - b.schemaPath.length);
  let rest = errors;
  for (const compound of compounds) {
    if (!rest.includes(compound)) continue;
    const branches = new Map<string, ErrorObject[]>();
    for (const error of rest) {
      const branch = branchOf(error, compound);
      if (branch !== undefined) branches.set(branch, [...(branches.get(branch) ?? []), error]);
    }
    const fitting = [...branches.values()].filter(
      (branch) => !branch.some((error) => isMisfit(error, compound)),
    );
    const nested = [...branches.values()].flat();
    const kept = fitting.length === 1 ? fitting[0]! : [compound];
    rest = rest.filter((error) => kept.includes(error) || (error !== compound && !nested.includes(error)));
  }
  return rest;
}

function branchOf(error: ErrorObject, compound: ErrorObject): string | undefined {
  const inside =
    error.instancePath === compound.instancePath ||
    error.instancePath.startsWith(`${compound.instancePath}/`);
  if (!inside || !error.schemaPath.startsWith(`${compound.schemaPath}/`)) return undefined;
  return error.schemaPath.slice(compound.schemaPath.length + 1).split('/', 1)[0];
}

/** The branch is for another type of value. */
function isMisfit(error: ErrorObject, compound: ErrorObject): boolean {
  if (error.instancePath === compound.instancePath)
    return ['type', 'const', 'enum', 'required', 'additionalProperties'].includes(error.keyword);
  return error.keyword === 'const';
}

function explain(error: ErrorObject, { raw, kind }: KnownStage): Diagnostic | undefined {
  const segments = segmentsOf(error.instancePath);
  const { node, whole } = deepest(raw.with, segments);
  if (node.type === 'scalar' && node.failed) return undefined;
  const sentence =
    fieldInWith(error, segments, node, kind.name) ?? sentenceFor(error, subjectOf(segments, kind.name));
  if (!sentence) return undefined;
  const { message, at = 'value', item } = sentence;
  const foreign =
    error.keyword === 'additionalProperties'
      ? foreignHint(kind.declaration.parameters, error.schemaPath, String(item))
      : undefined;
  const hint = foreign ?? asWritten(sentence.hint, node);
  const remarks = (part: Node | undefined): Remarks => ({
    hint,
    related: part?.via ? [{ message: 'the value comes from here', place: part.via }] : [],
  });
  if (at === 'owner' || !whole)
    return errorAt(ownerPlace(raw.with, segments, raw.withKey), message, remarks(undefined));
  if (item === undefined) return errorAt(node.place, message, remarks(node));
  if (at === 'name' && node.type === 'map')
    return errorAt(node.entries.get(String(item))?.key ?? node.place, message, remarks(undefined));
  const part = childOf(node, String(item));
  if (part?.type === 'scalar' && part.failed) return undefined;
  return errorAt((part ?? node).place, message, remarks(part));
}

/** `timeout` and other fields of a stage that are written among its parameters. */
function fieldInWith(
  { keyword, params }: ErrorObject,
  segments: readonly string[],
  node: Node,
  kind: string,
): Sentence | undefined {
  const name = String(params['additionalProperty']);
  if (keyword !== 'additionalProperties' || segments.length > 0 || !STAGE_FIELDS.includes(name))
    return undefined;
  const value = childOf(node, name);
  return {
    message: `\`${name}\` is a field of the stage, not a parameter of ${kind}`,
    hint: `Write \`${name}: ${value ? flowText(value) : '…'}\` beside \`with:\`, not under it.`,
    at: 'name',
    item: name,
  };
}

/** 1.10 is the number 1.1: a hint to quote it quotes what was written. */
function asWritten(hint: string | undefined, node: Node): string | undefined {
  if (node.type !== 'scalar' || typeof node.value !== 'number') return hint;
  return hint?.replace(`'${String(node.value)}' in quotes`, `'${flowText(node)}' in quotes`);
}

/** `loss.margin`, `negatives[0].weight`; the kind's own name for `with` as a whole. */
function subjectOf(segments: readonly string[], kind: string): string {
  if (segments.length === 0) return kind;
  const path = segments.map((name, index) =>
    /^\d+$/.test(name) ? `[${name}]` : index === 0 ? name : `.${name}`,
  );
  return `'${path.join('')}'`;
}

/** The name of the mapping in the spec: `with` for the parameters as a whole. */
function ownerPlace(root: Node, segments: readonly string[], whole: Place): Place {
  for (let length = segments.length; length > 0; length--) {
    const parent = deepest(root, segments.slice(0, length - 1));
    if (!parent.whole) continue;
    const name = segments[length - 1]!;
    const entry = parent.node.type === 'map' ? parent.node.entries.get(name) : undefined;
    if (entry) return entry.key;
    const item = parent.node.type === 'list' ? parent.node.items[Number(name)] : undefined;
    if (item) return item.place;
  }
  return whole;
}
