/**
 * Tagged parameters, such as `loss`, whose `name` decides which others it has. Where the tag was changed from outside
 * (`--set`, a sweep, a params file, `extends`), what the new variant does not have is dropped with a warning. What one
 * file says by hand is left to the schema.
 */
import { isObject } from '../../base/json.ts';
import { errorAt, type Report } from '../text/source.ts';
import { listNode, mapNode, type Entry, type MapNode, type Node } from '../text/tree.ts';

type Schema = Readonly<Record<string, unknown>>;

/** `name` is that of the value, such as `model.loss`. */
export function withoutForeign(node: Node, schema: unknown, name: string, report: Report): Node {
  if (!isObject(schema) || node.type === 'scalar') return node;
  if (node.type === 'list') return withoutForeignItems(node, schema, name, report);
  const variant = variantOf(node, schema);
  const kept = variant ? dropForeign(node, variant, name, report) : node;
  let changed = kept !== node;
  const entries = new Map<string, Entry>();
  for (const [property, entry] of kept.entries) {
    const inner = propertiesOf(variant?.own)[property] ?? propertiesOf(schema)[property];
    const value = withoutForeign(entry.value, inner, `${name}.${property}`, report);
    changed ||= value !== entry.value;
    entries.set(property, { ...entry, value });
  }
  return changed ? mapNode(entries, node.place) : node;
}

function withoutForeignItems(
  node: Extract<Node, { type: 'list' }>,
  schema: Schema,
  name: string,
  report: Report,
): Node {
  const items = node.items.map((item, index) =>
    withoutForeign(item, schema['items'], `${name}[${index}]`, report),
  );
  return items.some((item, index) => item !== node.items[index]) ? listNode(items, node.place) : node;
}

interface Variant {
  readonly tag: string;
  readonly value: string;
  readonly own: Schema;
  readonly others: readonly Schema[];
}

/** Undefined if the schema has no variants, or the tag does not name one. */
function variantOf(node: MapNode, schema: Schema): Variant | undefined {
  const tag = tagOf(schema);
  const value = tag === undefined ? undefined : node.entries.get(tag)?.value;
  if (tag === undefined || value?.type !== 'scalar' || typeof value.value !== 'string') return undefined;
  const branches = branchesOf(schema);
  const own = branches.find((branch) => tagValues(branch, tag).includes(value.value as string));
  return own && { tag, value: value.value, own, others: branches.filter((branch) => branch !== own) };
}

function dropForeign(
  node: MapNode,
  { tag, value, own, others }: Variant,
  name: string,
  report: Report,
): MapNode {
  const changed = node.entries.get(tag)!;
  const foreign = [...node.entries].filter(
    ([property, { key }]) =>
      changed.over?.has(key) === true &&
      !(property in propertiesOf(own)) &&
      others.some((other) => property in propertiesOf(other)),
  );
  if (foreign.length === 0) return node;
  const names = foreign.map(([property]) => `'${property}'`).join(', ');
  report({
    ...errorAt(
      changed.key,
      `${names} of '${name}' dropped: ${tag} is now '${value}', which has no such parameter`,
      {
        related: foreign.map(([, { key }]) => ({ message: 'dropped', place: key })),
      },
    ),
    severity: 'warning',
  });
  const dropped = new Set(foreign.map(([property]) => property));
  return mapNode(new Map([...node.entries].filter(([property]) => !dropped.has(property))), node.place);
}

/** What to do about a parameter that only another variant has; undefined if none has it. */
export function foreignHint(schema: Schema, schemaPath: string, property: string): string | undefined {
  const [, place] = /^#(.*)\/oneOf\/\d+\/additionalProperties$/.exec(schemaPath) ?? [];
  if (place === undefined) return undefined;
  const parent = place
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, part) => (at as Schema | undefined)?.[part], schema);
  const tag = isObject(parent) ? tagOf(parent) : undefined;
  if (!isObject(parent) || tag === undefined) return undefined;
  const having = branchesOf(parent)
    .filter((branch) => property in propertiesOf(branch))
    .flatMap((branch) => tagValues(branch, tag));
  if (having.length === 0) return undefined;
  return `Remove '${property}', or write \`${tag}: ${having[0]!}\`${having.length > 1 ? ` (or ${having.slice(1).join(', ')})` : ''}, which has it.`;
}

function tagOf(schema: Schema): string | undefined {
  const { discriminator } = schema;
  return isObject(discriminator) ? String(discriminator['propertyName']) : undefined;
}

function branchesOf({ oneOf }: Schema): readonly Schema[] {
  return Array.isArray(oneOf) ? (oneOf as unknown[]).filter(isObject) : [];
}

function tagValues(branch: Schema, tag: string): readonly string[] {
  const property = propertiesOf(branch)[tag];
  if (!isObject(property)) return [];
  return 'const' in property
    ? [String(property['const'])]
    : ((property['enum'] ?? []) as unknown[]).map(String);
}

function propertiesOf(schema: Schema | undefined): Schema {
  const properties = schema?.['properties'];
  return isObject(properties) ? properties : {};
}
