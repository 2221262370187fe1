import { dot, graphOf, mermaid } from '../render/graph-text.ts';
import { printJson, printResult } from '../render/output.ts';
import { openSpec } from './open-spec.ts';
import { currentPlan, type SpecOptions } from '../../session.ts';

export interface GraphOptions extends SpecOptions {
  readonly format: 'mermaid' | 'dot' | 'json';
}

/** `pipeline graph`: prints the stages as a graph, with their states and times. */
export async function graphCommand(file: string, options: GraphOptions): Promise<number> {
  const graph = graphOf(await currentPlan(await openSpec(file, options)));
  if (options.format === 'json') printJson(graph);
  else printResult(options.format === 'dot' ? dot(graph) : mermaid(graph));
  return 0;
}
