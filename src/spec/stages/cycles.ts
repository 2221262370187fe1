/** Finds cycles among the stages, and the topological order. */
import type { Reference } from './inputs.ts';
import { errorAt, type Report } from '../text/source.ts';

/** By stage, in the order of the file: the stages that feed it. */
export type Edges = ReadonlyMap<string, readonly Reference[]>;

interface Step {
  readonly stage: string;
  /** How many of its references have been followed. */
  next: number;
}

/** Reports each cycle once, at the input that closes it. Returns the stages in topological order. */
export function reportCycles(edges: Edges, report: Report): string[] {
  const finished = new Set<string>();
  for (const start of edges.keys()) if (!finished.has(start)) walk(start, edges, finished, report);
  return [...finished];
}

/** Depth first, with an explicit stack: a chain of 10,000 stages would overflow the call stack. */
function walk(start: string, edges: Edges, finished: Set<string>, report: Report): void {
  const path: Step[] = [{ stage: start, next: 0 }];
  const onPath = new Map([[start, 0]]);
  while (path.length > 0) {
    const step = path.at(-1)!;
    const reference = edges.get(step.stage)?.[step.next];
    step.next += 1;
    if (!reference) {
      path.pop();
      onPath.delete(step.stage);
      finished.add(step.stage);
    } else if (onPath.has(reference.stage)) {
      reportCycle(path.slice(onPath.get(reference.stage)), edges, report);
    } else if (!finished.has(reference.stage)) {
      onPath.set(reference.stage, path.length);
      path.push({ stage: reference.stage, next: 0 });
    }
  }
}

function reportCycle(path: readonly Step[], edges: Edges, report: Report): void {
  const taken = path.map(({ stage, next }) => ({ by: stage, reference: edges.get(stage)![next - 1]! }));
  const closing = taken.at(-1)!;
  const names = [...path.map(({ stage }) => stage), path[0]!.stage];
  report(
    errorAt(
      closing.reference.place,
      names.length === 2
        ? `the stage '${closing.by}' is its own input`
        : `the stages form a cycle: ${names.join(' → ')}`,
      {
        related: taken.slice(0, -1).map(({ by, reference }) => ({
          message: `'${reference.stage}' is an input of '${by}' here`,
          place: reference.place,
        })),
      },
    ),
  );
}
