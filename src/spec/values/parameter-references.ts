/** Evaluates `${params.a.b}`, `${matrix.a}` and `${env.NAME:-default}`. */
import { nearest } from '../../base/nearest.ts';
import type { Remarks, Report, Source } from '../text/source.ts';
import { childOf, describe, isNull, scalarNode, toJson, type Node } from '../text/tree.ts';

export interface References {
  /** The spec's `params` as written. */
  readonly params: Node | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
  /** The matrix variables of the current instance; undefined while it is not known. */
  readonly matrix?: ReadonlyMap<string, Node>;
  /** Collects every environment variable that was looked up, with its value. */
  readonly used: Map<string, string | undefined>;
  /** Collects the names of parameters that are referred to. */
  readonly usedParams: Set<string>;
  /** Values being resolved, with the name of the parameter that led to each. */
  readonly pending: Map<Node, string>;
  readonly resolve: (node: Node, name: string) => Node;
}

/** Reports a problem at an expression. Returns null, so that it can end an evaluation. */
export type Problem = (expression: string, message: string, remarks?: Remarks) => null;

/** Stands for "no file": a relative path from a variable starts from the file that contains `${env.…}`. */
export const VARIABLE: Source = { file: '', directory: '', text: '' };

/** `match` is one `${…}` with its content as the first group, which is missing if it is never closed. */
export function evaluate(match: RegExpExecArray, references: References, problem: Problem): Node | null {
  const [expression, content] = match;
  if (content === undefined)
    return problem(expression, '${ is not closed by }', { hint: 'Write `$${` for a literal `${`.' });
  const [, scope, rest = ''] = /^(params|env|matrix)\.(.*)$/s.exec(content.trim()) ?? [];
  if (scope === 'params') return parameter(expression, rest.split('.'), references, problem);
  if (scope === 'matrix') return matrixValue(expression, rest.split('.'), references, problem);
  if (scope === 'env') return variable(expression, rest, references, problem);
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
    if (pending.has(child) && !passing) return problem(expression, cycleText(child, name, pending));
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
        ? `Did you mean '\${matrix.${close}}'?`
        : names.length > 0
          ? `Its matrix variables are ${names.join(', ')}.`
          : 'Neither the stage nor its inputs have a `matrix:`.';
    return problem(expression, `the stage has no matrix variable '${name!}'`, { hint });
  }
  for (const segment of path) {
    const child = childOf(node, segment);
    if (!child) return problem(expression, `matrix.${name!} has no '${segment}'`);
    node = child;
  }
  return node;
}

function cycleText(node: Node, name: string, pending: ReadonlyMap<Node, string>): string {
  const inner = [...pending.values()]
    .slice([...pending.keys()].indexOf(node) + 1)
    .filter((step) => step !== '');
  return `the parameters form a cycle: ${[name, ...inner, name].join(' → ')}`;
}

function variable(
  expression: string,
  rest: string,
  { env, used }: References,
  problem: Problem,
): Node | null {
  const [, name, fallback] = /^([A-Za-z_]\w*)(?::-(.*))?$/s.exec(rest) ?? [];
  if (name === undefined)
    return problem(expression, `${expression} does not name an environment variable`, {
      hint: 'Write `${env.NAME}` or `${env.NAME:-default}`.',
    });
  const held = Object.hasOwn(env, name) ? env[name] : undefined;
  used.set(name, held);
  // As in a shell, the default after `:-` also replaces an empty value.
  const value = held === undefined || held === '' ? (fallback ?? held) : held;
  if (value === undefined)
    return problem(expression, `the environment variable ${name} is not set`, {
      hint: `Set it, or give a default: \`\${env.${name}:-default}\`.`,
    });
  return { ...scalarNode(value, { source: VARIABLE, start: 0, end: 0 }), fromEnvironment: true };
}

function missingHint(segment: string, parent: Node | undefined, name: string): string {
  if (parent && parent.type !== 'map' && !isNull(parent))
    return `The value of ${name} is ${describe(toJson(parent))}.`;
  const names = parent?.type === 'map' ? [...parent.entries.keys()] : [];
  const close = nearest(segment, names);
  if (close !== undefined) return `Did you mean '\${${name}.${close}}'?`;
  return names.length === 0
    ? `Define it under \`${name}:\`.`
    : `The names in ${name} are ${names.join(', ')}.`;
}

function foreignHint(content: string, params: Node | undefined): string {
  const name = content.trim();
  const plain = /^[A-Za-z_]\w*$/.test(name) ? `\`$${name}\` or ` : '';
  const known = params?.type === 'map' && params.entries.has(name);
  const meant = known ? ` For the parameter, write \`\${params.${name}}\`.` : '';
  return `For a shell variable, write ${plain}\`$\${${content}}\`.${meant}`;
}
