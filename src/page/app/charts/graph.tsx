/** A directed graph in layers, laid out by dagre and drawn as SVG. Nodes are links if they have an address. */
import { Graph as Layout, layout } from '@dagrejs/dagre';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { withoutShortcuts, type GraphEdge } from './graph-edges.ts';

export interface GraphNode {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  /** A class: the state of the stage. */
  readonly tone: string;
  readonly href?: string;
  readonly isCurrent?: boolean;
}

export interface GraphProps {
  readonly label: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

const HEIGHT = 44;
/** A wide graph is drawn smaller to fit the page, down to this; beyond, it scrolls. */
const SMALLEST = 0.72;
/** Room for the widths of arrows and rings beyond the nodes. */
const MARGIN = 8;
const LETTER = 7;
const DETAIL_LETTER = 6.2;

export function Graph({ label, nodes, edges }: GraphProps): JSX.Element {
  const placed = useMemo(() => place(nodes, edges), [nodes, edges]);
  return (
    <div class="graph scroll" tabIndex={0} role="group" aria-label={label}>
      <svg
        width={placed.width}
        height={placed.height}
        style={{ minWidth: `${Math.round(placed.width * SMALLEST)}px` }}
        viewBox={`0 0 ${placed.width} ${placed.height}`}
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX={7}
            refY={4}
            markerWidth={7}
            markerHeight={7}
            orient="auto"
          >
            <path d="M0 1L7 4L0 7Z" />
          </marker>
        </defs>
        <g aria-hidden="true">
          {placed.paths.map((path) => (
            <path key={path} d={path} class="edge" marker-end="url(#arrow)" />
          ))}
        </g>
        {placed.nodes.map(({ node, x, y, width }) => (
          <Node key={node.id} node={node} x={x} y={y} width={width} />
        ))}
      </svg>
    </div>
  );
}

function Node(props: {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}): JSX.Element {
  const { node, x, y, width } = props;
  const drawn = (
    <g
      class={`node ${node.tone}${node.isCurrent ? ' current' : ''}`}
      transform={`translate(${x - width / 2} ${y - HEIGHT / 2})`}
    >
      <rect width={width} height={HEIGHT} rx={4} />
      <text x={width / 2} y={18} text-anchor="middle" class="title">
        {node.title}
      </text>
      <text x={width / 2} y={34} text-anchor="middle" class="detail">
        {node.detail}
      </text>
    </g>
  );
  if (node.href === undefined) return drawn;
  return (
    <a href={node.href} aria-current={node.isCurrent ? 'true' : undefined}>
      {drawn}
    </a>
  );
}

function place(nodes: readonly GraphNode[], edges: readonly GraphEdge[]) {
  const graph = new Layout();
  graph.setGraph({ rankdir: 'TB', nodesep: 18, ranksep: 30, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) {
    const letters = Math.max(node.title.length * LETTER, node.detail.length * DETAIL_LETTER);
    graph.setNode(node.id, { width: Math.max(80, letters + 22), height: HEIGHT });
  }
  for (const { from, to } of withoutShortcuts(edges)) graph.setEdge(from, to);
  layout(graph);
  const { width, height } = graph.graph();
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: nodes.map((node) => {
      const { x, y, width: own } = graph.node(node.id);
      return { node, x, y, width: own };
    }),
    paths: graph.edges().map((edge) => smooth(graph.edge(edge).points)),
  };
}

/** Through the points of dagre, with rounded corners. */
function smooth(points: readonly { readonly x: number; readonly y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const parts = [`M${first.x} ${first.y}`];
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (next) parts.push(`Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`);
    else parts.push(`L${point.x} ${point.y}`);
  });
  return parts.join('');
}
