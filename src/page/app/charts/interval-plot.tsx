/** Dots with intervals in rows, groups of rows under a heading: systems by measure, or configurations of a sweep. */
import type { JSX } from 'preact';
import { cutText } from '../format.ts';
import { BottomAxis } from './axes.tsx';
import { Chart, type Numbers } from './chart.tsx';
import { extent, linearScale } from './scale.ts';

export interface IntervalRow {
  readonly name: string;
  readonly tone: string;
  readonly value: number;
  readonly interval: readonly [number, number] | null;
  /** The number beside the row. */
  readonly text: string;
}

export interface IntervalGroup {
  /** Empty for rows without a heading. */
  readonly name: string;
  readonly rows: readonly IntervalRow[];
}

export interface IntervalPlotProps {
  readonly title: string;
  readonly note?: string;
  readonly x: string;
  readonly groups: readonly IntervalGroup[];
  /** A value to compare with, such as the baseline's, or 0 for differences. */
  readonly reference?: { readonly value: number; readonly text: string };
  readonly domain?: readonly [number, number];
  readonly numbers: Numbers;
}

const ROW = 22;
const HEADING = 24;

export function IntervalPlot(props: IntervalPlotProps): JSX.Element {
  const { title, note, x, groups, reference, domain, numbers } = props;
  const rows = groups.flatMap((group) => group.rows);
  const headings = groups.filter(({ name }) => name !== '').length;
  const top = reference ? 22 : 8;
  const height = top + rows.length * ROW + headings * HEADING + 44;
  return (
    <Chart
      title={title}
      note={note}
      height={height}
      numbers={numbers}
      label={`${title}: ${rows.map(({ name, text }) => `${name} ${text}`).join('; ')}`}
      draw={(width) => {
        const names = Math.min(width * 0.38, 16 + 6.8 * Math.max(...rows.map(({ name }) => name.length), 4));
        const texts = Math.min(width * 0.34, 14 + 6.6 * Math.max(...rows.map(({ text }) => text.length), 4));
        const values = rows.flatMap(({ value, interval }) => [value, ...(interval ?? [])]);
        const scale = linearScale({
          domain: domain ?? extent([...values, reference?.value]) ?? [0, 1],
          range: [names, width - texts],
          count: Math.max(2, (width - names - texts) / 80),
          nice: true,
        });
        const end = height - 40;
        let y = top;
        return (
          <>
            <BottomAxis scale={scale} at={end} grid={end - top} label={x} />
            {reference && (
              <g class="mark" transform={`translate(${scale.at(reference.value)} 0)`}>
                <line y1={top - 4} y2={end} />
                <text y={top - 9} text-anchor="middle">
                  {reference.text}
                </text>
              </g>
            )}
            {groups.map((group) => {
              const heading = group.name === '' ? null : y + 17;
              if (group.name !== '') y += HEADING;
              return (
                <g key={group.name}>
                  {heading !== null && (
                    <text x={0} y={heading} class="heading">
                      {group.name}
                    </text>
                  )}
                  {group.rows.map((row) => {
                    const middle = y + ROW / 2;
                    y += ROW;
                    return (
                      <Row
                        key={row.name}
                        row={row}
                        y={middle}
                        at={(value) => scale.at(value)}
                        width={width}
                        names={names}
                      />
                    );
                  })}
                </g>
              );
            })}
          </>
        );
      }}
    />
  );
}

function Row(props: {
  readonly row: IntervalRow;
  readonly y: number;
  readonly at: (value: number) => number;
  readonly width: number;
  readonly names: number;
}): JSX.Element {
  const { row, y, at, width, names } = props;
  return (
    <g class={`interval ${row.tone}`}>
      <text x={0} y={y} dy="0.32em" class="row-name">
        <title>{row.name}</title>
        {shortened(row.name, names)}
      </text>
      {row.interval && <line x1={at(row.interval[0])} x2={at(row.interval[1])} y1={y} y2={y} />}
      <circle cx={at(row.value)} cy={y} r={4} />
      <text x={width} y={y} dy="0.32em" text-anchor="end" class="value">
        {row.text}
      </text>
    </g>
  );
}

/** SVG does not cut text off by itself. The whole name is in the title and in the table. */
function shortened(name: string, width: number): string {
  const most = Math.max(6, Math.floor((width - 10) / 6.6));
  return cutText(name, most);
}
