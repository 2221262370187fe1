/** The numbers that stages report while they work, such as the training loss, as curves. */
import type { JSX } from 'preact';
import { LineChart } from '../../charts/line-chart.tsx';
import { Section } from '../../parts/section.tsx';
import type { StageProgress } from './progress.ts';

export function LiveCurves({ stages }: { readonly stages: readonly StageProgress[] }): JSX.Element | null {
  const curves = stages.flatMap((stage) => curvesOf(stage));
  if (curves.length === 0) return null;
  return (
    <Section id="curves" title="Curves">
      <div class="columns">
        {curves.map(({ stage, name, unit, points }) => (
          <LineChart
            key={`${stage} ${name}`}
            title={`${stage}: ${name}`}
            x={unit}
            y={name}
            lines={[{ name, tone: 'model', points }]}
            numbers={{ head: [unit, name], rows: points.map(({ x, y }) => [x, y]) }}
          />
        ))}
      </div>
    </Section>
  );
}

interface Curve {
  readonly stage: string;
  readonly name: string;
  readonly unit: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

function curvesOf({ name: stage, points, progress }: StageProgress): Curve[] {
  const byName = new Map<string, { x: number; y: number }[]>();
  for (const { name, x, y } of points) {
    const list = byName.get(name);
    if (list) list.push({ x, y });
    else byName.set(name, [{ x, y }]);
  }
  return [...byName]
    .filter(([, list]) => list.length > 1)
    .map(([name, list]) => ({ stage, name, unit: progress?.unit ?? 'done', points: list }));
}
