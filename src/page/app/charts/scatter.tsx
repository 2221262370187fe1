/** Points by two quantities, with intervals along y where they are known. */
import type { JSX } from 'preact';
import { cutText } from '../format.ts';
import { BottomAxis, LeftAxis } from './axes.tsx';
import { Chart } from './chart.tsx';
import { extent, linearScale, logScale } from './scale.ts';

export interface ScatterPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly interval: readonly [number, number] | null;
  readonly tone: string;
}

export interface ScatterProps {
  readonly title: string;
  readonly note?: string;
  readonly x: string;
  readonly y: string;
  readonly points: readonly ScatterPoint[];
  /** Names on the axis instead of numbers: x is a position in this list. */
  readonly categories?: readonly string[];
  readonly height?: number;
}

export function Scatter({ title, note, x, y, points, categories, height = 240 }: ScatterProps): JSX.Element {
  return (
    <Chart
      title={title}
      note={note}
      height={height}
      label={`${title}: ${points.length} points`}
      numbers={{
        head: ['name', x, y, 'low', 'high'],
        rows: points.map((point) => [
          point.name,
          categories ? (categories[point.x] ?? null) : point.x,
          Number(point.y.toPrecision(4)),
          point.interval && Number(point.interval[0].toPrecision(4)),
          point.interval && Number(point.interval[1].toPrecision(4)),
        ]),
      }}
      draw={(width) => {
        const [top, bottom, left] = [26, 38, 48];
        const xs = categories
          ? ([-0.5, categories.length - 0.5] as const)
          : (extent(points.map((point) => point.x)) ?? [0, 1]);
        const isLog = !categories && xs[0] > 0 && xs[1] / xs[0] > 50;
        const make = isLog ? logScale : linearScale;
        const numeric = make({
          domain: isLog ? [xs[0] / 1.2, xs[1] * 1.2] : categories ? xs : padded(xs),
          range: [left, width - 14],
          count: Math.max(2, width / 90),
        });
        const horizontal = categories
          ? {
              ...numeric,
              ticks: categories.map((_, index) => index),
              tickText: (value: number) =>
                cutText(categories[value] ?? '', (width - left) / categories.length / 6.4),
            }
          : numeric;
        const vertical = linearScale({
          domain: extent(points.flatMap((point) => [point.y, ...(point.interval ?? [])])) ?? [0, 1],
          range: [height - bottom, top],
          count: 4,
          nice: true,
        });
        return (
          <>
            <LeftAxis scale={vertical} at={left} grid={width - 14 - left} label={y} />
            <BottomAxis scale={horizontal} at={height - bottom} label={x} />
            {points.map((point, index) => (
              <g
                key={point.name}
                class={`interval ${point.tone}`}
                transform={`translate(${dodge(points, index)} 0)`}
              >
                <title>{`${point.name}: ${point.y.toPrecision(4)}`}</title>
                {point.interval && (
                  <line
                    x1={horizontal.at(point.x)}
                    x2={horizontal.at(point.x)}
                    y1={vertical.at(point.interval[0])}
                    y2={vertical.at(point.interval[1])}
                  />
                )}
                <circle cx={horizontal.at(point.x)} cy={vertical.at(point.y)} r={4} />
              </g>
            ))}
          </>
        );
      }}
    />
  );
}

const DODGE = 7;

/** Points with the same x stand beside each other, so that their intervals do not cover each other. */
function dodge(points: readonly ScatterPoint[], index: number): number {
  const { x } = points[index]!;
  const same = points.flatMap((point, at) => (point.x === x ? [at] : []));
  const gap = Math.min(DODGE, 36 / same.length);
  return (same.indexOf(index) - (same.length - 1) / 2) * gap;
}

const padded = ([low, high]: readonly [number, number]): readonly [number, number] => {
  const room = (high - low) * 0.06 || Math.abs(low) * 0.1 || 1;
  return [low - room, high + room];
};
