/** `${…}` in values. A value that is a single reference keeps the type of its target; others become strings. */
import { evaluate, VARIABLE, type Problem, type References } from './parameter-references.ts';
import { errorAt, type Place, type Source } from '../text/source.ts';
import {
  excess,
  describe,
  failedAt,
  listNode,
  mapNode,
  sourceOf,
  toJson,
  type Entry,
  type Node,
  type ScalarNode,
} from '../text/tree.ts';

/** `$${` (an escaped `${`), `${a}`, or `${` without an end. */
const EXPRESSION = /\$\$\{|\$\{([^{}]*)\}|\$\{/g;
/** Known only for one instance of a stage: such strings are deferred. */
const MATRIX = /(?:^|[^$])\$\{\s*matrix\b/;
const MAX_LENGTH = 1_000_000;
/** Limit for chains of references, so that the recursion does not exhaust the stack. */
const MAX_STEPS = 200;

/** State of the interpolation of a spec. */
interface Work {
  readonly references: References;
  readonly done: Map<Node, Node>;
}

export function makeInterpolator(scope: Omit<References, 'resolve' | 'pending'>): (node: Node) => Node {
  const done = new Map<Node, Node>();
  const work: Work = {
    done,
    references: { ...scope, pending: new Map(), resolve: (node, name) => resolve(work, node, name) },
  };
  return (node) => resolve(work, node, '');
}

function resolve(work: Work, node: Node, name: string): Node {
  const known = work.done.get(node);
  if (known) return known;
  const { pending, report } = work.references;
  if (pending.size > MAX_STEPS) {
    report(errorAt(node.place, `the chain of references is longer than ${MAX_STEPS}`));
    return failedAt(node.place);
  }
  pending.set(node, name);
  const result = node.type === 'scalar' ? resolveScalar(work, node) : resolveCollection(work, node);
  pending.delete(node);
  work.done.set(node, result);
  // The result is final: a `${` in it was written as `$${`.
  work.done.set(result, result);
  return result;
}

function resolveCollection(work: Work, node: Exclude<Node, ScalarNode>): Node {
  const built =
    node.type === 'list'
      ? resolveItems(work, node.items, node.place)
      : resolveEntries(work, node.entries, node.place);
  const fault = excess(built, 'references');
  if (fault !== undefined) {
    work.references.report(errorAt(node.place, fault));
    return failedAt(node.place);
  }
  return node.via ? { ...built, via: node.via } : built;
}

function resolveItems(work: Work, items: readonly Node[], place: Place): Node {
  return listNode(
    items.map((item) => resolve(work, item, '')),
    place,
  );
}

function resolveEntries(work: Work, entries: ReadonlyMap<string, Entry>, place: Place): Node {
  const resolved = new Map<string, Entry>();
  for (const [name, entry] of entries)
    resolved.set(name, { ...entry, value: resolve(work, entry.value, '') });
  return mapNode(resolved, place);
}

function resolveScalar(work: Work, node: ScalarNode): Node {
  if (typeof node.value !== 'string' || !node.value.includes('${')) return node;
  if (work.references.matrix === undefined && MATRIX.test(node.value)) return { ...node, deferred: true };
  return substitute(work, node, node.value);
}

function substitute({ references }: Work, node: ScalarNode, text: string): Node {
  const problem: Problem = (expression, message, remarks) => {
    references.report(errorAt(placeOf(node, expression), message, remarks));
    return null;
  };
  const parts: string[] = [];
  let end = 0;
  let origin: Source | undefined;
  let sound = true;
  for (const match of text.matchAll(EXPRESSION)) {
    parts.push(text.slice(end, match.index));
    end = match.index + match[0].length;
    const value = match[0] === '$${' ? '${' : evaluate(match, references, problem);
    if (value !== null && typeof value === 'object') {
      if (match[0] === text) return refer(node, value);
      if (match.index === 0) origin = originOf(value);
    }
    const rendered = value === null || value === '${' ? value : render(value, match[0], problem);
    sound &&= rendered !== null;
    parts.push(rendered ?? '');
  }
  const joined = [...parts, text.slice(end)].join('');
  if (joined.length > MAX_LENGTH)
    references.report(
      errorAt(node.place, `the string is longer than ${MAX_LENGTH} characters after interpolation`),
    );
  if (!sound || joined.length > MAX_LENGTH) return failedAt(node.place);
  return { ...node, value: joined, ...(origin === undefined ? {} : { origin }) };
}

/** A value inside a string. */
function render(value: Node, expression: string, problem: Problem): string | null {
  if (value.type === 'scalar' && value.failed) return null;
  if (value.type === 'scalar' && value.value !== null) return String(value.value);
  return problem(expression, `${expression} is ${describe(toJson(value))}, which cannot be part of a string`);
}

/** The value of a reference, located at the reference. */
function refer(node: ScalarNode, value: Node): Node {
  if (value.place.source === VARIABLE) return { ...value, place: node.place };
  return { ...value, place: node.place, via: value.via ?? value.place };
}

function originOf(value: Node): Source | undefined {
  const origin = sourceOf(value);
  return origin === VARIABLE ? undefined : origin;
}

/** The place of the expression inside its string, if that was written without escapes. */
function placeOf(node: ScalarNode, expression: string): Place {
  const { source, start, end } = node.place;
  const written = source.text.slice(start, end);
  const at = expression === '${' ? written.lastIndexOf(expression) : written.indexOf(expression);
  return at === -1 ? node.place : { source, start: start + at, end: start + at + expression.length };
}
