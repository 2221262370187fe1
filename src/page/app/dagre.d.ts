/** The part of dagre that charts/graph.tsx uses: the types that the package brings cannot be resolved under nodenext. */
declare module '@dagrejs/dagre' {
  interface Size {
    width: number;
    height: number;
  }
  interface Point {
    x: number;
    y: number;
  }
  export class Graph {
    setGraph(options: Readonly<Record<string, string | number>>): this;
    setDefaultEdgeLabel(label: () => object): this;
    setNode(id: string, size: Size): this;
    setEdge(from: string, to: string): this;
    graph(): Size;
    node(id: string): Size & Point;
    edges(): { v: string; w: string }[];
    edge(edge: { v: string; w: string }): { points: Point[] };
  }
  export function layout(graph: Graph): void;
}
