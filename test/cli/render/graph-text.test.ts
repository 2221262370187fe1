import { describe, expect, it } from 'vitest';
import { dot, mermaid, type Graph, type GraphNode } from '../../../src/cli/render/graph-text.ts';

const node = (name: string, fields: Partial<GraphNode> = {}): GraphNode => ({
  name,
  kind: 'train',
  state: 'cached',
  seconds: 185,
  headline: null,
  ...fields,
});

const GRAPH: Graph = {
  name: 'a "quoted" name',
  nodes: [
    node('end', { headline: 'MRR@10 0.61' }),
    node('model[margin=0.2,name="x"]', { state: 'run', seconds: null }),
  ],
  edges: [{ from: 'end', to: 'model[margin=0.2,name="x"]', slot: 'tokens' }],
};

describe('a graph', () => {
  it('in Mermaid has states, times and escaped names under ids of its own', () => {
    expect(mermaid(GRAPH)).toBe(
      [
        'flowchart LR',
        '  s0["<b>end</b><br/>train<br/>cached · 3 min 05 s<br/>MRR@10 0.61"]:::cached',
        '  s1["<b>model[margin=0.2,name=#34;x#34;]</b><br/>train<br/>will run"]:::run',
        '  s0 -->|"tokens"| s1',
        '  classDef cached fill:#d7f0dd,stroke:#2f8f4e,color:#123',
        '  classDef run fill:#fff3d6,stroke:#c08a1e,color:#123',
      ].join('\n'),
    );
  });

  it('in DOT has the same, quoted as Graphviz wants it', () => {
    expect(dot(GRAPH)).toBe(
      [
        'digraph "a \\"quoted\\" name" {',
        '  rankdir=LR;',
        '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
        '  "end" [label="end\\ntrain\\ncached · 3 min 05 s\\nMRR@10 0.61", fillcolor="#d7f0dd", color="#2f8f4e"];',
        '  "model[margin=0.2,name=\\"x\\"]" [label="model[margin=0.2,name=\\"x\\"]\\ntrain\\nwill run", fillcolor="#fff3d6", color="#c08a1e"];',
        '  "end" -> "model[margin=0.2,name=\\"x\\"]" [label="tokens"];',
        '}',
      ].join('\n'),
    );
  });
});
