/** One or two distributions over a common axis, as outlines over bars. */
import type { JSX } from 'preact';
import { BottomAxis } from './axes.tsx';
import { Chart } from './chart.tsx';
import { extent, linearScale } from './scale.ts';

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface Distribution {
  readonly name: string;
  readonly tone: string;
  readonly bins: readonly Bin[];
}

export interface HistogramProps {
  readonly title: string;
  readonly note?: string;
  readonly x: string;
  readonly distributions: readonly Distribution[];
  readonly height?: number;
}

export function Histogram({ title, note, x, distributions, height = 190 }: HistogramProps): JSX.Element {
  return (
    <Chart
      title={title}
      note={note}
      height={height}
      label={`${title}: ${distributions.map(summary).join('; ')}`}
      numbers={{
        head: ['distribution', 'from', 'to', 'count'],
        rows: distributions.flatMap(({ name, bins }) =>
          bins.map(({ from, to, count }) => [
            name,
            Number(from.toPrecision(4)),
            Number(to.toPrecision(4)),
            count,
          ]),
        ),
      }}
      draw={(width) => {
        const [top, bottom] = [24, 38];
        const bins = distributions.flatMap((one) => one.bins);
        const scale = linearScale({
          domain: extent(bins.flatMap(({ from, to }) => [from, to])) ?? [0, 1],
          range: [4, width - 12],
          count: Math.max(2, width / 90),
        });
        // Bins of different widths are comparable by their area.
        const most = distributions.map(({ bins: own }) => Math.max(0, ...own.map(density)));
        const highest = Math.max(...most, Number.MIN_VALUE);
        const base = height - bottom;
        const up = (value: number): number => base - (value / highest) * (base - top);
        return (
          <>
            <BottomAxis scale={scale} at={base} label={x} />
            {distributions.map(({ name, tone, bins: own }, index) => {
              const peak = own.reduce((best, bin) => (density(bin) > density(best) ? bin : best), own[0]!);
              return (
                <g key={name} class={`distribution ${tone}`}>
                  <path d={outline(own, (value) => scale.at(value), up, base)} />
                  <text
                    x={Math.min(width - 60, Math.max(40, scale.at((peak.from + peak.to) / 2)))}
                    y={
                      up(density(peak)) -
                      6 -
                      (index % 2 === 1 && Math.abs(most[0]! - most[1]!) < 0.1 * highest ? 12 : 0)
                    }
                    text-anchor="middle"
                  >
                    {name}
                  </text>
                </g>
              );
            })}
          </>
        );
      }}
    />
  );
}

const density = ({ from, to, count }: Bin): number => count / (to - from || 1);

function outline(
  bins: readonly Bin[],
  x: (value: number) => number,
  y: (value: number) => number,
  base: number,
): string {
  const steps = bins.map((bin) => `L${x(bin.from)} ${y(density(bin))}H${x(bin.to)}`);
  return `M${x(bins[0]!.from)} ${base}${steps.join('')}L${x(bins.at(-1)!.to)} ${base}Z`;
}

function summary({ name, bins }: Distribution): string {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const peak = bins.reduce((best, bin) => (bin.count > best.count ? bin : best), bins[0]!);
  return `${name}, ${total} values, most between ${peak.from.toPrecision(3)} and ${peak.to.toPrecision(3)}`;
}
