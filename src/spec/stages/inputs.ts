/** Reads which stages feed which slots, and checks that the artifact types match. */
import { nameHint } from '../../base/nearest.ts';
import type { Kind, KindCatalogue } from '../../kinds/kind.ts';
import type { InputSlot } from '../../stage.ts';
import type { RawStage } from '../outline.ts';
import { asMapping } from './misplaced.ts';
import { errorAt, type Place, type Report } from '../text/source.ts';
import { describe, isNull, toJson, type Entry, type Node } from '../text/tree.ts';
import { alternatives } from '../text/vocabulary.ts';

/** A stage whose kind is known. */
export interface KnownStage {
  readonly raw: RawStage;
  readonly kind: Kind;
}

/** A stage named in a slot, with the place of its name. */
export interface Reference {
  readonly stage: string;
  readonly place: Place;
  /** For `model[margin=0.2]`: the values of matrix variables that its instances must have. */
  readonly fixed: readonly { readonly variable: string; readonly label: string }[];
  /** Written as an item of a list. */
  readonly listed: boolean;
}

export type References = ReadonlyMap<string, readonly Reference[]>;

export interface Graph {
  readonly stages: readonly KnownStage[];
  /** All names in the file; undefined for stages whose kind is unknown. */
  readonly byName: ReadonlyMap<string, KnownStage | undefined>;
  readonly catalogue: KindCatalogue;
  readonly report: Report;
}

/** True if a reference stands for all matching instances, false if each instance takes one of them. */
export function isGathering({ declaration: { inputs } }: Kind, slot: string, { listed }: Reference): boolean {
  if (Object.hasOwn(inputs, slot) && slot !== '*') return inputs[slot]!.many === true;
  return inputs['*']?.many === true && listed;
}

/** By slot: the stages that feed it. Invalid inputs are reported and left out. */
export function readInputs(stage: KnownStage, graph: Graph): References {
  const { raw, kind } = stage;
  const references = new Map<string, readonly Reference[]>();
  if (raw.inputs.type !== 'map') {
    reportNoMapping(stage, raw.inputs, graph);
    return references;
  }
  for (const [slot, entry] of raw.inputs.entries) {
    const declared = slotOf(kind, slot);
    if (!declared) reportUnknownSlot(stage, slot, entry, graph.report);
    else if (!isNull(entry.value)) references.set(slot, readSlot(stage, slot, declared, entry, graph));
  }
  for (const [slot, declared] of Object.entries(kind.declaration.inputs)) {
    if (slot === '*' || declared.optional || references.has(slot)) continue;
    const candidates = suppliersOf(declared, graph, raw.name);
    graph.report(
      errorAt(
        raw.key,
        `the stage '${raw.name}' (${kind.name}) is missing its input '${slot}': ${takes(declared)}`,
        {
          hint:
            candidates.length > 0
              ? `Write \`inputs: {${slot}: ${candidates[0]!}}\`.`
              : noSupplier(declared, graph),
        },
      ),
    );
  }
  return references;
}

/** `inputs: corpus` and `inputs: [corpus]`: the hint names the slots that these stages fit. */
function reportNoMapping({ kind }: KnownStage, inputs: Node, graph: Graph): void {
  if (inputs.type === 'scalar' && inputs.failed) return;
  const slots = Object.entries(kind.declaration.inputs);
  const items = inputs.type === 'list' ? inputs.items : [inputs];
  const names = items.flatMap((item) => {
    const value = toJson(item);
    return typeof value === 'string' ? [value] : [];
  });
  const pairs = names.map((name, index) => {
    const supplier = graph.byName.get(name);
    const fitting = supplier && slots.find(([, slot]) => fits(slot, supplier.kind));
    const slot = (fitting ?? slots[index])?.[0];
    return `${slot === undefined || slot === '*' ? name : slot}: ${name}`;
  });
  const mapping = pairs.length > 0 ? `{${pairs.join(', ')}}` : asMapping(inputs);
  const hint =
    slots.length === 0
      ? 'The kind has no inputs.'
      : `Write \`inputs: ${mapping ?? `{${slots[0]![0]}: …}`}\`, each stage with the name of the input that it feeds.`;
  const message = `\`inputs\` must be a mapping of inputs to stages, got ${describe(toJson(inputs))}`;
  graph.report(errorAt(inputs.place, message, { hint }));
}

function slotOf({ declaration: { inputs } }: Kind, slot: string): InputSlot | undefined {
  return Object.hasOwn(inputs, slot) && slot !== '*' ? inputs[slot] : inputs['*'];
}

function reportUnknownSlot({ kind }: KnownStage, slot: string, { key }: Entry, report: Report): void {
  const slots = Object.keys(kind.declaration.inputs);
  const hint = nameHint(slot, slots) ?? 'The kind has no inputs.';
  report(errorAt(key, `${kind.name} has no input '${slot}'`, { hint }));
}

function readSlot(
  stage: KnownStage,
  slot: string,
  declared: InputSlot,
  { value }: Entry,
  graph: Graph,
): readonly Reference[] {
  if (value.type === 'list' && !declared.many) {
    graph.report(
      errorAt(
        value.place,
        `the input '${slot}' of ${stage.kind.name} takes one stage, got ${describe(value.items)}`,
      ),
    );
    return [];
  }
  const listed = value.type === 'list';
  const items = listed ? value.items : [value];
  if (items.length === 0 && !declared.optional)
    graph.report(errorAt(value.place, `the input '${slot}' needs at least one stage: ${takes(declared)}`));
  return items.flatMap((item) => {
    const reference = readReference(stage, slot, declared, item, graph);
    return reference ? [{ ...reference, listed }] : [];
  });
}

function readReference(
  stage: KnownStage,
  slot: string,
  declared: InputSlot,
  node: Node,
  graph: Graph,
): Omit<Reference, 'listed'> | undefined {
  if (node.type === 'scalar' && (node.failed || node.deferred)) return undefined;
  const written = toJson(node);
  if (typeof written !== 'string') {
    graph.report(
      errorAt(node.place, `the input '${slot}' must be the name of a stage, got ${describe(written)}`),
    );
    return undefined;
  }
  const { name, fixed } = instanceReference(written);
  if (!graph.byName.has(name)) {
    const hint = nameHint(name, [...graph.byName.keys()]);
    graph.report(errorAt(node.place, `there is no stage '${name}'`, { hint }));
    return undefined;
  }
  const supplier = graph.byName.get(name);
  if (supplier && !fits(declared, supplier.kind))
    reportWrongType(stage, slot, declared, node, supplier, graph);
  return { stage: name, place: node.place, fixed };
}

/** `model[margin=0.2,seed=1]` → the stage and the values that select its instances. */
function instanceReference(written: string): { readonly name: string; readonly fixed: Reference['fixed'] } {
  const [, name, conditions] = /^([^[\]]+)\[(.*)\]$/s.exec(written) ?? [];
  if (name === undefined || conditions === undefined) return { name: written, fixed: [] };
  const fixed = [...conditions.matchAll(/([^=,]+)=("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(
    ([, variable, label]) => ({ variable: variable!.trim(), label: label!.trim() }),
  );
  return { name, fixed };
}

function reportWrongType(
  { raw, kind }: KnownStage,
  slot: string,
  declared: InputSlot,
  node: Node,
  supplier: KnownStage,
  graph: Graph,
): void {
  const candidates = suppliersOf(declared, graph, raw.name);
  const gives = supplier.kind.declaration.output;
  graph.report(
    errorAt(
      node.place,
      `the input '${slot}' of ${kind.name} takes ${typesOf(declared)}, but '${supplier.raw.name}' (${supplier.kind.name}) produces ${gives}`,
      {
        hint:
          candidates.length > 0
            ? `Stages that produce ${typesOf(declared)}: ${candidates.join(', ')}.`
            : noSupplier(declared, graph),
        related: [{ message: `'${supplier.raw.name}' is defined here`, place: supplier.raw.key }],
      },
    ),
  );
}

function fits({ type }: InputSlot, kind: Kind): boolean {
  const { output } = kind.declaration;
  return type === 'any' || (typeof type === 'string' ? type === output : type.includes(output));
}

function suppliersOf(slot: InputSlot, graph: Graph, except: string): string[] {
  return graph.stages
    .filter(({ raw, kind }) => raw.name !== except && fits(slot, kind))
    .map(({ raw }) => raw.name);
}

function noSupplier(slot: InputSlot, { catalogue }: Graph): string {
  const kinds = catalogue.names.filter((name) => fits(slot, catalogue.builtIn(name)!));
  const none = `No stage produces ${typesOf(slot)}.`;
  return kinds.length > 0 ? `${none} Kinds that do: ${kinds.join(', ')}.` : none;
}

function typesOf({ type }: InputSlot): string {
  return typeof type === 'string' ? (type === 'any' ? 'any artifact' : type) : alternatives(type);
}

function takes(slot: InputSlot): string {
  return `${typesOf(slot)} (${slot.description.replace(/\.$/, '')})`;
}
