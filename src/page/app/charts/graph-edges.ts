/** Edges of a directed graph without circles. No DOM. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

/** The edges that no longer path stands for: a graph of stages is unreadable with all that read the same tokens. */
export function withoutShortcuts(edges: readonly GraphEdge[]): GraphEdge[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const reached = new Map<string, ReadonlySet<string>>();
  const below = (node: string): ReadonlySet<string> => {
    const known = reached.get(node);
    if (known) return known;
    const all = new Set((next.get(node) ?? []).flatMap((child) => [child, ...below(child)]));
    reached.set(node, all);
    return all;
  };
  return edges.filter(
    ({ from, to }) => !(next.get(from) ?? []).some((child) => child !== to && below(child).has(to)),
  );
}
