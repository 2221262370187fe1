import { nameHint } from '../../base/nearest.ts';
import { errorAt, type Report } from './source.ts';
import type { MapNode, Node } from './tree.ts';

/** Reports every name of the mapping that is not among `names`. */
export function checkNames(
  map: MapNode,
  names: readonly string[],
  owner: string,
  report: Report,
  allowed: (name: string) => boolean = () => false,
): void {
  for (const [name, { key }] of map.entries) {
    if (names.includes(name) || allowed(name)) continue;
    report(errorAt(key, `unknown name '${name}' in ${owner}`, { hint: nameHint(name, names) }));
  }
}

/** Whether the problem of the node is already reported. */
export function isFailed(node: Node): boolean {
  return node.type === 'scalar' && node.failed === true;
}
