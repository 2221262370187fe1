/** One row for each group with a dot for each series, and the values in columns whose heads name the series. */
import type { JSX } from 'preact';
import { cutText } from '../format.ts';
import { BottomAxis } from './axes.tsx';
import { Chart, type Numbers } from './chart.tsx';
import { extent, linearScale } from './scale.ts';

export interface Series {
  readonly name: string;
  readonly tone: string;
}

export interface DotRow {
  readonly name: string;
  /** One for each series; null where it has none. */
  readonly values: readonly (number | null)[];
}

export interface DotRowsProps {
  readonly title: string;
  readonly note?: string;
  readonly x: string;
  readonly series: readonly Series[];
  readonly rows: readonly DotRow[];
  readonly numbers: Numbers;
}

const ROW = 21;
const COLUMN = 46;
const TOP = 22;

export function DotRows({ title, note, x, series, rows, numbers }: DotRowsProps): JSX.Element {
  const height = TOP + rows.length * ROW + 40;
  return (
    <Chart
      title={title}
      note={note}
      height={height}
      numbers={numbers}
      label={`${title}: ${rows.map(({ name, values }) => `${name} ${values.map((value, i) => `${series[i]?.name ?? ''} ${textOf(value)}`).join(', ')}`).join('; ')}`}
      draw={(width) => {
        const names = Math.min(width * 0.36, 14 + 6.8 * Math.max(...rows.map(({ name }) => name.length), 4));
        // On a narrow screen the values are in the numbers only.
        const columns = width < 460 ? 0 : series.length * COLUMN;
        const scale = linearScale({
          domain: extent(rows.flatMap(({ values }) => values)) ?? [0, 1],
          range: [names, width - columns - 14],
          count: Math.max(2, (width - names - columns) / 90),
          nice: true,
        });
        const end = height - 38;
        return (
          <>
            <BottomAxis scale={scale} at={end} grid={end - TOP} label={x} />
            {series.map(({ name, tone }, index) => (
              <text
                key={name}
                x={columns === 0 ? names + index * 60 : width - columns + (index + 1) * COLUMN}
                y={12}
                text-anchor={columns === 0 ? 'start' : 'end'}
                class={`series ${tone}`}
              >
                {name}
              </text>
            ))}
            {rows.map((row, index) => {
              const y = TOP + index * ROW + ROW / 2;
              const span = extent(row.values);
              return (
                <g key={row.name}>
                  <text x={0} y={y} dy="0.32em">
                    <title>{row.name}</title>
                    {cutText(row.name, Math.floor((names - 10) / 6.4))}
                  </text>
                  {span && <line class="span" x1={scale.at(span[0])} x2={scale.at(span[1])} y1={y} y2={y} />}
                  {row.values.map((value, at) =>
                    value === null ? null : (
                      <g key={at} class={`interval ${series[at]?.tone ?? ''}`}>
                        <circle cx={scale.at(value)} cy={y} r={4.5} />
                        {columns > 0 && (
                          <text x={width - columns + (at + 1) * COLUMN} y={y} dy="0.32em" text-anchor="end">
                            {textOf(value)}
                          </text>
                        )}
                      </g>
                    ),
                  )}
                </g>
              );
            })}
          </>
        );
      }}
    />
  );
}

const textOf = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
