/**
 * Parallel coordinates: one vertical axis for each parameter and one for the metric; each configuration is a line. The
 * best is drawn over the others.
 */
import type { JSX } from 'preact';
import { cutText } from '../format.ts';
import { Chart } from './chart.tsx';
import { extent, linearScale, logScale, type Scale } from './scale.ts';

export interface ParallelLine {
  readonly name: string;
  /** One value for each axis; null where the configuration has none. */
  readonly values: readonly (number | string | null)[];
  /** From 0, the worst, to 1, the best; null without a metric. */
  readonly goodness: number | null;
  readonly isBest: boolean;
}

export interface ParallelProps {
  readonly title: string;
  readonly note?: string;
  /** The last one is the metric. */
  readonly axes: readonly string[];
  readonly lines: readonly ParallelLine[];
  readonly height?: number;
}

export function Parallel({ title, note, axes, lines, height = 280 }: ParallelProps): JSX.Element {
  const best = lines.find(({ isBest }) => isBest);
  return (
    <Chart
      title={title}
      note={note}
      height={height}
      label={`${title}: ${lines.length} configurations over ${axes.join(', ')}${best ? `; the best is ${best.name}` : ''}`}
      numbers={{ head: ['configuration', ...axes], rows: lines.map(({ name, values }) => [name, ...values]) }}
      draw={(width) => {
        const [top, bottom, right] = [44, 16, 14];
        const scales = axes.map((_, axis) =>
          axisScale(
            lines.map(({ values }) => values[axis] ?? null),
            [height - bottom, top],
          ),
        );
        const left =
          14 + 6.4 * Math.max(...scales[0]!.ticks.map((tick) => scales[0]!.tickText(tick).length), 3);
        const gap = (width - left - right) / Math.max(1, axes.length - 1);
        const ordered = [...lines].sort(
          (a, b) => Number(a.isBest) - Number(b.isBest) || (a.goodness ?? -1) - (b.goodness ?? -1),
        );
        return (
          <>
            {ordered.map((line) => (
              <path
                key={line.name}
                class={`configuration ${line.isBest ? 'best' : ''} q${Math.round((line.goodness ?? 0) * 4)}`}
                d={pathOf(line.values, scales, (axis) => left + axis * gap)}
              >
                <title>{line.name}</title>
              </path>
            ))}
            {axes.map((axis, index) => (
              <g key={axis} class="axis" transform={`translate(${left + index * gap} 0)`}>
                <line y1={top} y2={height - bottom} class="base" />
                <text
                  y={index % 2 === 0 ? 14 : 30}
                  text-anchor={index === 0 ? 'start' : index === axes.length - 1 ? 'end' : 'middle'}
                  x={index === 0 ? -left : index === axes.length - 1 ? right : 0}
                  class="quantity"
                >
                  {axis}
                </text>
                {scales[index]!.ticks.map((tick) => (
                  <text
                    key={tick}
                    x={-6}
                    y={scales[index]!.at(tick)}
                    dy="0.32em"
                    text-anchor="end"
                    class="over-lines"
                  >
                    {scales[index]!.tickText(tick)}
                  </text>
                ))}
              </g>
            ))}
          </>
        );
      }}
    />
  );
}

const LONGEST_NAME = 16;

interface AxisScale extends Pick<Scale, 'ticks' | 'tickText' | 'at'> {
  position(value: number | string): number;
}

/** Numbers on a linear or logarithmic scale, anything else as equidistant names. */
function axisScale(values: readonly (number | string | null)[], range: readonly [number, number]): AxisScale {
  const present = values.filter((value) => value !== null);
  const numbers = present.filter((value) => typeof value === 'number');
  if (numbers.length === present.length && numbers.length > 0) {
    const domain = extent(numbers)!;
    const make = domain[0] > 0 && domain[1] / domain[0] > 50 ? logScale : linearScale;
    const scale = make({ domain, range, count: 4 });
    return { ...scale, position: (value) => scale.at(Number(value)) };
  }
  const names = [...new Set(present.map(String))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const scale = linearScale({ domain: [0, Math.max(1, names.length - 1)], range });
  return {
    at: (value) => scale.at(value),
    ticks: names.map((_, index) => index),
    tickText: (index) => cutText(names[index] ?? '', LONGEST_NAME),
    position: (value) => scale.at(names.indexOf(String(value))),
  };
}

function pathOf(
  values: readonly (number | string | null)[],
  scales: readonly AxisScale[],
  x: (axis: number) => number,
): string {
  const points = values.flatMap((value, axis) =>
    value === null ? [] : [`${x(axis)} ${scales[axis]!.position(value)}`],
  );
  return points.length === 0 ? '' : `M${points.join('L')}`;
}
