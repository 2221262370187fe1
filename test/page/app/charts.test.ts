import { describe, expect, it } from 'vitest';
import { withoutShortcuts } from '../../../src/page/app/charts/graph-edges.ts';
import { nearestPoint, pointGrid } from '../../../src/page/app/charts/point-grid.ts';
import { extent, linearScale, logScale, spread } from '../../../src/page/app/charts/scale.ts';

describe('a linear scale', () => {
  it('has round ticks inside its domain', () => {
    const scale = linearScale({ domain: [0.37, 0.61], range: [0, 100], count: 5 });
    expect(scale.ticks.map((tick) => scale.tickText(tick))).toEqual(['0.40', '0.45', '0.50', '0.55', '0.60']);
    expect(scale.at(0.37)).toBe(0);
    expect(scale.at(0.61)).toBe(100);
  });

  it('writes a true minus sign, and zero without one', () => {
    const scale = linearScale({ domain: [-0.02, 0.02], range: [0, 1], count: 2 });
    expect(scale.ticks.map((tick) => scale.tickText(tick))).toEqual(['−0.02', '0.00', '0.02']);
  });

  it('puts a single value in the middle', () => {
    expect(linearScale({ domain: [5, 5], range: [0, 100] }).at(5)).toBe(50);
    expect(linearScale({ domain: [0, 0], range: [0, 100] }).at(0)).toBe(50);
  });

  it('widens a nice domain to its ticks', () => {
    expect(linearScale({ domain: [0.13, 0.87], range: [0, 1], count: 4, nice: true }).domain).toEqual([0, 1]);
  });
});

it('a logarithmic scale has ticks at powers of ten', () => {
  const scale = logScale({ domain: [1e-4, 1e-1], range: [0, 3] });
  expect(scale.ticks.map((tick) => scale.tickText(tick))).toEqual(['1e-4', '0.001', '0.01', '0.1']);
  expect(scale.at(1e-3)).toBeCloseTo(1);
});

it('the extent ignores what is missing', () => {
  expect(extent([3, null, NaN, -1, undefined])).toEqual([-1, 3]);
  expect(extent([null, NaN])).toBeUndefined();
});

it('labels that would cover each other move apart and stay within the chart', () => {
  expect(spread([10, 11, 90], 14, 0, 100)).toEqual([10, 24, 90]);
  expect(spread([99, 100], 14, 0, 100)).toEqual([86, 100]);
});

it('an edge is left out where a longer path says the same', () => {
  const edges = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
    { from: 'a', to: 'c' },
    { from: 'a', to: 'd' },
  ];
  expect(withoutShortcuts(edges)).toEqual([edges[0], edges[1], edges[3]]);
});

it('finds the nearest point within reach', () => {
  const grid = pointGrid(Float32Array.of(0.1, 0.5, 0.52), Float32Array.of(0.1, 0.5, 0.5));
  const reach = { x: 0.05, y: 0.05 };
  expect(nearestPoint(grid, { x: 0.515, y: 0.5 }, reach)).toBe(2);
  expect(nearestPoint(grid, { x: 0.49, y: 0.51 }, reach)).toBe(1);
  expect(nearestPoint(grid, { x: 0.3, y: 0.3 }, reach)).toBeUndefined();
});
