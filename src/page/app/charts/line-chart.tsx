/** Lines over a common axis, each labelled at its end; vertical marks for events such as the step that was kept. */
import type { JSX } from 'preact';
import { BottomAxis, LeftAxis } from './axes.tsx';
import { Chart, type Numbers } from './chart.tsx';
import { extent, linearScale, logScale, spread } from './scale.ts';

export interface Line {
  readonly name: string;
  /** A colour class: `s0` to `s7`, or that of a system, such as `model`. */
  readonly tone: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Marks each point, for few of them. */
  readonly dots?: boolean;
}

export interface LineChartProps {
  readonly title: string;
  readonly note?: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
  readonly marks?: readonly { readonly x: number; readonly text: string }[];
  /** Horizontal references, such as BM25's value. */
  readonly references?: readonly { readonly y: number; readonly text: string; readonly tone: string }[];
  readonly log?: boolean;
  readonly height?: number;
  readonly numbers: Numbers;
}

export function LineChart(props: LineChartProps): JSX.Element {
  const { title, note, x, y, lines, marks = [], references = [], log = false, height = 240, numbers } = props;
  return (
    <Chart
      title={title}
      note={note}
      height={height}
      numbers={numbers}
      label={labelOf(title, lines)}
      draw={(width) => {
        const all = lines.flatMap(({ points }) => points);
        const xs = extent(all.map((point) => point.x)) ?? [0, 1];
        const ys = extent([...all.map((point) => point.y), ...references.map((one) => one.y)]) ?? [0, 1];
        const longest = Math.max(
          0,
          ...lines.map(({ name }) => name.length),
          ...references.map(({ text }) => text.length),
        );
        const right = Math.min(width * 0.3, 14 + longest * 6.4);
        const [top, bottom, left] = [26, 38, 44];
        const horizontal = linearScale({
          domain: xs,
          range: [left, width - right],
          count: Math.max(2, width / 110),
        });
        const scaled = log && ys[0] > 0 ? logScale : linearScale;
        const vertical = scaled({ domain: ys, range: [height - bottom, top], count: 4, nice: true });
        const ends = lines.map(({ points }) => vertical.at(points.at(-1)?.y ?? 0));
        const labels = [...ends, ...references.map((one) => vertical.at(one.y))];
        const placed = spread(labels, 14, top, height - bottom);
        return (
          <>
            <LeftAxis scale={vertical} at={left} grid={width - right - left} label={y} />
            <BottomAxis scale={horizontal} at={height - bottom} label={x} />
            {marks.map((mark) => (
              <g key={mark.text} transform={`translate(${horizontal.at(mark.x)} 0)`} class="mark">
                <line y1={top} y2={height - bottom} />
                <text y={top - 4} text-anchor={mark.x > (xs[0] + xs[1]) / 2 ? 'end' : 'start'}>
                  {mark.text}
                </text>
              </g>
            ))}
            {references.map((one, index) => (
              <g key={one.text} class={`reference ${one.tone}`}>
                <line x1={left} x2={width - right} y1={vertical.at(one.y)} y2={vertical.at(one.y)} />
                <text x={width - right + 8} y={placed[lines.length + index]} dy="0.32em">
                  {one.text}
                </text>
              </g>
            ))}
            {lines.map(({ name, tone, points, dots }, index) => (
              <g key={name} class={`line ${tone}`}>
                <polyline
                  points={points
                    .map((point) => `${horizontal.at(point.x)},${vertical.at(point.y)}`)
                    .join(' ')}
                />
                {(dots ?? points.length <= 40) &&
                  points.map((point) => (
                    <circle key={point.x} cx={horizontal.at(point.x)} cy={vertical.at(point.y)} r={2.5}>
                      <title>{`${name}: ${point.y.toPrecision(4)} at ${x} ${point.x}`}</title>
                    </circle>
                  ))}
                <text x={width - right + 8} y={placed[index]} dy="0.32em">
                  {name}
                </text>
              </g>
            ))}
          </>
        );
      }}
    />
  );
}

function labelOf(title: string, lines: readonly Line[]): string {
  const parts = lines.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return first && last
      ? `${name} from ${first.y.toPrecision(3)} to ${last.y.toPrecision(3)}`
      : `${name} without points`;
  });
  return `${title}: ${parts.join('; ')}`;
}
