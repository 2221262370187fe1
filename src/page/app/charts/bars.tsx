/** Counts of named groups as horizontal bars, each with its number. */
import type { JSX } from 'preact';
import { Chart } from './chart.tsx';

export interface Bar {
  readonly name: string;
  readonly count: number;
  readonly tone?: string;
}

const ROW = 20;

export function Bars({
  title,
  note,
  bars,
  unit,
}: {
  readonly title: string;
  readonly note?: string;
  readonly bars: readonly Bar[];
  readonly unit: string;
}): JSX.Element {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <Chart
      title={title}
      note={note}
      height={bars.length * ROW + 6}
      label={`${title}: ${bars.map(({ name, count }) => `${name} ${count}`).join('; ')}`}
      numbers={{ head: ['group', unit], rows: bars.map(({ name, count }) => [name, count]) }}
      draw={(width) => {
        const names = Math.min(width * 0.4, 14 + 7 * Math.max(...bars.map(({ name }) => name.length)));
        const room = width - names - 56;
        return bars.map(({ name, count, tone = 'plain' }, index) => (
          <g key={name} transform={`translate(0 ${index * ROW})`} class={`bar ${tone}`}>
            <text x={names - 8} y={ROW / 2} dy="0.32em" text-anchor="end">
              {name}
            </text>
            <rect
              x={names}
              y={3}
              width={Math.max(count > 0 ? 1 : 0, (count / most) * room)}
              height={ROW - 6}
            />
            <text x={names + (count / most) * room + 6} y={ROW / 2} dy="0.32em" class="value">
              {count.toLocaleString('en-US')}
            </text>
          </g>
        ));
      }}
    />
  );
}
