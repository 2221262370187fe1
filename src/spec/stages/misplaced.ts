/**
 * Names that a beginner writes one level too high or too low, or a little wrong. Each is reported once, with the YAML to
 * write, and then treated as if it stood where it belongs, so that no further errors follow from it.
 */
import { nameHint, nearest } from '../../base/nearest.ts';
import { isObject } from '../../base/json.ts';
import type { KindCatalogue } from '../../kinds/kind.ts';
import { errorAt, type Report } from '../text/source.ts';
import { isNull, mapNode, type Entry, type MapNode, type Node } from '../text/tree.ts';
import { STAGE_FIELDS } from '../text/vocabulary.ts';

type Entries = readonly (readonly [name: string, entry: Entry])[];

/** What other tools call `uses`. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  kind: 'uses',
  type: 'uses',
  stage: 'uses',
  params: 'with',
};

/** Moves `uses`, `with` and other fields that stand beside the stages' names into the stage above them. */
export function liftFields(stages: Entries, report: Report): Entries {
  const lifted: [string, Entry][] = [];
  for (const [name, entry] of stages) {
    const above = lifted.at(-1);
    const isStage = entry.value.type === 'map' && entry.value.entries.has('uses');
    if (!STAGE_FIELDS.includes(name) || isStage || !above || !canHold(above[1].value)) {
      lifted.push([name, entry]);
      continue;
    }
    const [owner, { key, value }] = above;
    report(
      errorAt(entry.key, `\`${name}\` is written as a stage, beside '${owner}'`, {
        hint: `Indent it further than \`${owner}:\`, to which it belongs.`,
      }),
    );
    const fields = value.type === 'map' ? [...value.entries] : [];
    lifted[lifted.length - 1] = [owner, { key, value: mapNode(new Map([...fields, [name, entry]]), key) }];
  }
  return lifted;
}

function canHold(value: Node): boolean {
  return value.type === 'map' || isNull(value);
}

/** Reports the names of a stage that are no fields, and moves them to where they were probably meant to be. */
export function repairFields(stage: MapNode, catalogue: KindCatalogue, report: Report): MapNode {
  const fields = new Map<string, Entry>();
  const misplaced = new Map<string, Entry>();
  const parameters = parametersOf(stage, catalogue);
  for (const [name, entry] of stage.entries) {
    if (STAGE_FIELDS.includes(name)) {
      fields.set(name, entry);
      continue;
    }
    if (parameters?.names.includes(name)) {
      misplaced.set(name, entry);
      const message = `'${name}' is a parameter of ${parameters.kind}, so it belongs under \`with\``;
      report(errorAt(entry.key, message, { hint: placement(name, entry, stage) }));
      continue;
    }
    const meant = OTHER_NAMES[name] ?? nearest(name, STAGE_FIELDS);
    const free = meant !== undefined && !stage.entries.has(meant);
    if (free) fields.set(meant, entry);
    const hint =
      meant === undefined
        ? nameHint(name, STAGE_FIELDS)
        : OTHER_NAMES[name] === undefined
          ? `Did you mean '${meant}'?`
          : `Write \`${meant}: ${flowText(entry.value)}\`.`;
    report(errorAt(entry.key, `unknown name '${name}' in a stage`, { hint }));
  }
  if (misplaced.size > 0) {
    const own = fields.get('with');
    const given = own?.value.type === 'map' ? own.value.entries : [];
    const key = own?.key ?? [...misplaced.values()][0]!.key;
    if (!own || canHold(own.value))
      fields.set('with', { key, value: mapNode(new Map([...misplaced, ...given]), key) });
  }
  return mapNode(fields, stage.place);
}

function placement(name: string, entry: Entry, stage: MapNode): string {
  const own = stage.entries.get('with');
  if (own && isNull(own.value)) return 'Indent it further than `with:`.';
  return `Write \`with: {${[...membersOf(own?.value), `${name}: ${flowText(entry.value)}`].join(', ')}}\`.`;
}

function membersOf(value: Node | undefined): string[] {
  if (value?.type !== 'map') return [];
  return value.entries.size > 3
    ? ['…']
    : [...value.entries].map(([name, entry]) => `${name}: ${flowText(entry.value)}`);
}

function parametersOf(
  stage: MapNode,
  catalogue: KindCatalogue,
): { readonly kind: string; readonly names: readonly string[] } | undefined {
  const uses = [...stage.entries].find(([name]) => name === 'uses' || OTHER_NAMES[name] === 'uses')?.[1]
    .value;
  if (uses?.type !== 'scalar' || typeof uses.value !== 'string') return undefined;
  const declared = catalogue.builtIn(uses.value)?.declaration.parameters;
  return declared && { kind: uses.value, names: propertiesOf(declared) };
}

/** Names of all properties, in whichever alternative of the schema they are. */
function propertiesOf(schema: unknown): string[] {
  if (!isObject(schema)) return [];
  const { properties, oneOf, anyOf, allOf } = schema;
  const branches = [oneOf, anyOf, allOf].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  return [...Object.keys(isObject(properties) ? properties : {}), ...branches.flatMap(propertiesOf)];
}

/** A value as it can be written inside { }, as short as a hint has to be. */
export function flowText(node: Node): string {
  if (node.type !== 'scalar') return node.type === 'list' ? '[…]' : '{…}';
  const { source, start, end } = node.via ?? node.place;
  const written = source.text.slice(start, Math.min(end, start + 60)).trim();
  if (/[\n{}[\],]|: | #/.test(written) && !/^(["']).*\1$/.test(written))
    return `'${written.split('\n', 1)[0]!}'`;
  return written;
}

/** `- a: 1` and `- b: 2` as `{a: 1, b: 2}`: for a list in the place of a mapping. Undefined for other lists. */
export function asMapping(node: Node): string | undefined {
  if (node.type !== 'list' || node.items.length === 0) return undefined;
  const members = node.items.map((item) => (item.type === 'map' ? membersOf(item) : []));
  return members.some((one) => one.length === 0) ? undefined : `{${members.flat().join(', ')}}`;
}

/** For `stages` written as a list: the names that its items give themselves. */
export function stageListHint(node: Node): string | undefined {
  if (node.type !== 'list') return undefined;
  const first = node.items[0];
  const name = first?.type === 'map' ? nameOf(first) : undefined;
  return `Write each stage under its name, without a dash: \`${name ?? 'corpus'}: {uses: …}\`.`;
}

function nameOf(stage: MapNode): string | undefined {
  const named = stage.entries.get('name')?.value;
  if (named?.type === 'scalar' && typeof named.value === 'string') return named.value;
  return stage.entries.has('uses') ? undefined : [...stage.entries.keys()][0];
}
