/** The stages of a plan as a graph, in Mermaid and in Graphviz's DOT. */
import type { Plan, PlanEntry } from '../../plan/plan.ts';
import { durationText } from './text.ts';

export interface GraphNode {
  readonly name: string;
  readonly kind: string;
  readonly state: 'cached' | 'run' | 'waiting' | 'not-selected';
  /** Duration of the execution that made the artifact; null if it is not cached. */
  readonly seconds: number | null;
  readonly headline: string | null;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly slot: string;
}

export interface Graph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export function graphOf({ spec, entries }: Plan): Graph {
  return {
    name: spec.name,
    nodes: entries.map(nodeOf),
    edges: entries.flatMap(({ stage }) =>
      Object.entries(stage.inputs).flatMap(([slot, names]) =>
        names.map((from) => ({ from, to: stage.name, slot })),
      ),
    ),
  };
}

function nodeOf({ stage, plan }: PlanEntry): GraphNode {
  const manifest = plan.state === 'cached' ? plan.artifact.manifest : undefined;
  return {
    name: stage.name,
    kind: stage.kind.name,
    state: plan.state,
    seconds: manifest?.producer.seconds ?? null,
    headline: manifest?.headline ?? null,
  };
}

/** `cached · 3 min 05 s`: not everybody can see the colours. */
function stateText({ state, seconds }: GraphNode): string {
  switch (state) {
    case 'cached':
      return `cached · ${durationText(seconds ?? 0)}`;
    case 'run':
      return 'will run';
    case 'waiting':
      return 'will run unless its inputs come out unchanged';
    case 'not-selected':
      return 'not selected';
  }
}

const COLOURS: Readonly<Record<GraphNode['state'], { readonly fill: string; readonly line: string }>> = {
  cached: { fill: '#d7f0dd', line: '#2f8f4e' },
  run: { fill: '#fff3d6', line: '#c08a1e' },
  waiting: { fill: '#e0ecfb', line: '#3b6fb5' },
  'not-selected': { fill: '#eeeeee', line: '#888888' },
};

const linesOf = (node: GraphNode): string[] =>
  [node.name, node.kind, stateText(node), node.headline ?? ''].filter((line) => line !== '');

/** https://mermaid.js.org/syntax/flowchart.html */
export function mermaid({ nodes, edges }: Graph): string {
  // Names of instances contain brackets and commas, and `end` is a keyword of Mermaid: ids are numbers.
  const ids = new Map(nodes.map(({ name }, index) => [name, `s${index}`]));
  const escaped = (text: string): string =>
    text.replace(/[&"<>#]/g, (character) => `#${character.charCodeAt(0)};`);
  const used = new Set(nodes.map(({ state }) => state));
  return [
    'flowchart LR',
    ...nodes.map((node) => {
      const [title, ...rest] = linesOf(node).map(escaped);
      return `  ${ids.get(node.name)!}["<b>${title!}</b><br/>${rest.join('<br/>')}"]:::${node.state}`;
    }),
    ...edges.map(({ from, to, slot }) => {
      const label = from === slot ? '' : `|"${escaped(slot)}"|`;
      return `  ${ids.get(from)!} -->${label} ${ids.get(to)!}`;
    }),
    ...Object.entries(COLOURS)
      .filter(([state]) => used.has(state as GraphNode['state']))
      .map(([state, { fill, line }]) => `  classDef ${state} fill:${fill},stroke:${line},color:#123`),
  ].join('\n');
}

/** https://graphviz.org/doc/info/lang.html */
export function dot({ name, nodes, edges }: Graph): string {
  const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
  return [
    `digraph ${quote(name)} {`,
    '  rankdir=LR;',
    '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    ...nodes.map((node) => {
      const { fill, line } = COLOURS[node.state];
      const label = linesOf(node)
        .map((text) => text.replace(/["\\]/g, '\\$&'))
        .join('\\n');
      return `  ${quote(node.name)} [label="${label}", fillcolor="${fill}", color="${line}"];`;
    }),
    ...edges.map(({ from, to, slot }) => {
      const label = from === slot ? '' : ` [label=${quote(slot)}]`;
      return `  ${quote(from)} -> ${quote(to)}${label};`;
    }),
    '}',
  ].join('\n');
}
