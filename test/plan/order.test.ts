import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topologicalOrder, upstreamOf, withAncestors, withDescendants } from '../../src/plan/order.ts';
import type { StageSpec } from '../../src/spec/spec.ts';

function stages(edges: Readonly<Record<string, readonly string[]>>): StageSpec[] {
  return Object.entries(edges).map(
    ([name, inputs]) => ({ name, inputs: { from: inputs } }) as unknown as StageSpec,
  );
}

describe('the order of stages', () => {
  it('puts each after what feeds it, and otherwise keeps the order of the file', () => {
    const order = topologicalOrder(
      stages({ report: ['index', 'corpus'], corpus: [], index: ['corpus'], aside: [] }),
    );
    expect(order.map((stage) => stage.name)).toEqual(['corpus', 'index', 'report', 'aside']);
  });

  it('holds for any acyclic graph', () => {
    const graph = fc.integer({ min: 1, max: 30 }).chain((size) =>
      fc.tuple(
        fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 60 }),
        fc.shuffledSubarray(
          Array.from({ length: size }, (_, i) => i),
          { minLength: size },
        ),
      ),
    );
    fc.assert(
      fc.property(graph, ([pairs, order]) => {
        const edges = Object.fromEntries(
          order.map((i) => [
            `s${i}`,
            pairs.filter(([to, from]) => to === i && from < i).map(([, from]) => `s${from}`),
          ]),
        );
        const seen = new Set<string>();
        for (const stage of topologicalOrder(stages(edges))) {
          for (const name of upstreamOf(stage)) expect(seen).toContain(name);
          seen.add(stage.name);
        }
        expect(seen.size).toBe(order.length);
      }),
    );
  });

  it('does not overflow on a chain of 20,000', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, i) => [`s${19_999 - i}`, i === 19_999 ? [] : [`s${19_998 - i}`]]),
    );
    expect(topologicalOrder(stages(chain))[0]!.name).toBe('s0');
  });

  it('follows inputs up and down', () => {
    const all = stages({
      corpus: [],
      tokens: ['corpus'],
      model: ['tokens'],
      aside: [],
      report: ['model', 'corpus'],
    });
    expect([...withAncestors(all, ['model'])].sort()).toEqual(['corpus', 'model', 'tokens']);
    expect([...withDescendants(all, ['tokens'])].sort()).toEqual(['model', 'report', 'tokens']);
  });
});
