import type { Plan, PlanEntry } from '../plan/plan.ts';
import { printResult } from './output.ts';
import { currentPlan, openSession, type SpecOptions } from './session.ts';

export interface GraphOptions extends SpecOptions {
  readonly format: 'mermaid' | 'dot';
}

/** `pipeline graph`: the stages and their states, for Mermaid or Graphviz. */
export async function graphCommand(file: string, options: GraphOptions): Promise<number> {
  const plan = await currentPlan(await openSession(file, options));
  printResult(options.format === 'dot' ? dot(plan) : mermaid(plan));
  return 0;
}

const isCached = (entry: PlanEntry): boolean => entry.plan.state === 'cached';

function edges(plan: Plan): { from: string; to: string; slot: string }[] {
  return plan.entries.flatMap(({ stage }) =>
    Object.entries(stage.inputs).flatMap(([slot, names]) =>
      names.map((from) => ({ from, to: stage.name, slot })),
    ),
  );
}

/** https://mermaid.js.org/syntax/flowchart.html */
function mermaid(plan: Plan): string {
  // Mermaid takes some words, such as `end`, for its own: node ids get a prefix.
  const lines = plan.entries.map(
    (entry) =>
      `  s_${entry.stage.name}["${entry.stage.name}<br/><small>${entry.stage.kind.name}</small>"]${isCached(entry) ? ':::cached' : ':::missing'}`,
  );
  const arrows = edges(plan).map(({ from, to, slot }) =>
    from === slot ? `  s_${from} --> s_${to}` : `  s_${from} -->|${slot}| s_${to}`,
  );
  return [
    'flowchart LR',
    ...lines,
    ...arrows,
    '  classDef cached fill:#d7f0dd,stroke:#2f8f4e,color:#123',
    '  classDef missing fill:#fff3d6,stroke:#c08a1e,color:#123',
  ].join('\n');
}

/** https://graphviz.org/doc/info/lang.html */
function dot(plan: Plan): string {
  const quote = (text: string): string => `"${text.replaceAll('"', '\\"')}"`;
  const nodes = plan.entries.map(
    (entry) =>
      `  ${quote(entry.stage.name)} [label="${entry.stage.name}\\n${entry.stage.kind.name}", fillcolor="${isCached(entry) ? '#d7f0dd' : '#fff3d6'}"];`,
  );
  const arrows = edges(plan).map(
    ({ from, to, slot }) =>
      `  ${quote(from)} -> ${quote(to)}${from === slot ? '' : ` [label=${quote(slot)}]`};`,
  );
  return [
    `digraph ${quote(plan.spec.name)} {`,
    '  rankdir=LR;',
    '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    ...nodes,
    ...arrows,
    '}',
  ].join('\n');
}
