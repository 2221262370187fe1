import { nearest } from '../../base/nearest.ts';
import { errorAt, type Report } from './source.ts';
import type { MapNode, Node } from './tree.ts';

/** Reports every name of the mapping that is none of `names`. */
export function checkNames(
  map: MapNode,
  names: readonly string[],
  owner: string,
  report: Report,
  allowed: (name: string) => boolean = () => false,
): void {
  for (const [name, { key }] of map.entries) {
    if (names.includes(name) || allowed(name)) continue;
    const close = nearest(name, names);
    const hint = close === undefined ? `there are ${names.join(', ')}` : `did you mean '${close}'?`;
    report(errorAt(key, `unknown name '${name}' in ${owner}`, { hint }));
  }
}

/** Its problem is reported already. */
export function isFailed(node: Node): boolean {
  return node.type === 'scalar' && node.failed === true;
}
