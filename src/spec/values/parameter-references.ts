/** What `${params.a.b}` and `${env.NAME:-default}` stand for. */
import { nearest } from '../../base/nearest.ts';
import type { Remarks, Report, Source } from '../text/source.ts';
import { childOf, describe, isNull, scalarNode, toJson, type Node } from '../text/tree.ts';

export interface References {
  /** The spec's `params` as written. */
  readonly params: Node | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
  /** The matrix variables of the instance at hand; undefined while those are not known. */
  readonly matrix?: ReadonlyMap<string, Node>;
  /** Collects every variable that was looked up, and what it held. */
  readonly used: Map<string, string | undefined>;
  /** Collects the names of parameters that something refers to. */
  readonly usedParams: Set<string>;
  /** Values being worked out, with the name of the parameter that led to each. */
  readonly pending: Map<Node, string>;
  readonly resolve: (node: Node, name: string) => Node;
}

/** Reports at an expression; gives null, so that it can end an evaluation. */
export type Problem = (expression: string, message: string, remarks?: Remarks) => null;

/** Stands for "no file": a path that a variable holds starts where the text with `${env.…}` is. */
export const VARIABLE: Source = { file: '', directory: '', text: '' };

/** `match` is one `${…}`, its inside the first group, which is missing where it is never closed. */
export function evaluate(match: RegExpExecArray, references: References, problem: Problem): Node | null {
  const [expression, content] = match;
  if (content === undefined)
    return problem(expression, '${ is never closed by }', { hint: 'write $${ for a plain ${' });
  const [, room, rest = ''] = /^(params|env|matrix)\.(.*)$/s.exec(content.trim()) ?? [];
  if (room === 'params') return parameter(expression, rest.split('.'), references, problem);
  if (room === 'matrix') return matrixValue(expression, rest.split('.'), references, problem);
  if (room === 'env') return variable(expression, rest, references, problem);
  return problem(expression, `${expression} is neither \${params.…} nor \${env.…}`, {
    hint: foreignHint(content, references.params),
  });
}

function parameter(
  expression: string,
  path: readonly string[],
  { params, pending, usedParams, resolve }: References,
  problem: Problem,
): Node | null {
  usedParams.add(path[0]!);
  let node = params;
  let name = 'params';
  for (const [index, segment] of path.entries()) {
    if (node?.type === 'scalar' && node.failed) return null;
    const child: Node | undefined = node && childOf(node, segment);
    if (!child)
      return problem(expression, `${name} has no '${segment}'`, { hint: missingHint(segment, node, name) });
    name += `.${segment}`;
    // On the way down a mapping may be pending: one of its values may refer to another.
    const passing = child.type !== 'scalar' && index < path.length - 1;
    if (pending.has(child) && !passing) return problem(expression, circleText(child, name, pending));
    node = passing ? child : resolve(child, name);
  }
  return node ?? null;
}

function matrixValue(
  expression: string,
  [name, ...path]: readonly string[],
  { matrix }: References,
  problem: Problem,
): Node | null {
  let node = matrix?.get(name!);
  if (!node) {
    const names = [...(matrix?.keys() ?? [])];
    const close = nearest(name!, names);
    const hint =
      close !== undefined
        ? `did you mean \${matrix.${close}}?`
        : names.length > 0
          ? `its matrix variables are ${names.join(', ')}`
          : 'neither it nor what feeds it has a `matrix:`';
    return problem(expression, `the stage has no matrix variable '${name!}'`, { hint });
  }
  for (const segment of path) {
    const child = childOf(node, segment);
    if (!child) return problem(expression, `matrix.${name!} has no '${segment}'`);
    node = child;
  }
  return node;
}

function circleText(node: Node, name: string, pending: ReadonlyMap<Node, string>): string {
  const inner = [...pending.values()]
    .slice([...pending.keys()].indexOf(node) + 1)
    .filter((step) => step !== '');
  return `parameters refer to each other in a circle: ${[name, ...inner, name].join(' → ')}`;
}

function variable(
  expression: string,
  rest: string,
  { env, used }: References,
  problem: Problem,
): Node | null {
  const [, name, fallback] = /^([A-Za-z_]\w*)(?::-(.*))?$/s.exec(rest) ?? [];
  if (name === undefined)
    return problem(expression, `${expression} names no environment variable`, {
      hint: '${env.NAME} or ${env.NAME:-default}',
    });
  const held = Object.hasOwn(env, name) ? env[name] : undefined;
  used.set(name, held);
  // As in a shell, `:-` also stands in for a variable that is set to nothing.
  const value = held === undefined || held === '' ? (fallback ?? held) : held;
  if (value === undefined)
    return problem(expression, `the environment variable ${name} is not set`, {
      hint: `run with ${name}=… in front of the command, or write \${env.${name}:-default}`,
    });
  return { ...scalarNode(value, { source: VARIABLE, start: 0, end: 0 }), fromEnvironment: true };
}

function missingHint(segment: string, parent: Node | undefined, name: string): string {
  if (parent && parent.type !== 'map' && !isNull(parent)) return `${name} is ${describe(toJson(parent))}`;
  const names = parent?.type === 'map' ? [...parent.entries.keys()] : [];
  const close = nearest(segment, names);
  if (close !== undefined) return `did you mean \${${name}.${close}}?`;
  return names.length === 0 ? `define it under ${name}:` : `${name} has ${names.join(', ')}`;
}

function foreignHint(content: string, params: Node | undefined): string {
  const name = content.trim();
  const plain = /^[A-Za-z_]\w*$/.test(name) ? `$${name} or ` : '';
  const known = params?.type === 'map' && params.entries.has(name);
  const meant = known ? `; for the parameter, \${params.${name}}` : '';
  return `for a variable of the shell, write ${plain}$\${${content}}${meant}`;
}
