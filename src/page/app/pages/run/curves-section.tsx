/** How training went: the loss and the validation measures of each `train` stage, by step. */
import type { JSX } from 'preact';
import type { CurvePoint, CurveView } from '../../../views/curve-view.ts';
import type { RunView } from '../../../views/run-view.ts';
import { numberText } from '../../../../base/number-text.ts';
import type { Numbers } from '../../charts/chart.tsx';
import { LineChart, type Line } from '../../charts/line-chart.tsx';
import { measureText } from '../../format.ts';
import { Section } from '../../parts/section.tsx';

export function CurvesSection({ run }: { readonly run: RunView }): JSX.Element {
  return (
    <Section
      id="curves"
      title="Learning curves"
      lead="Each point is one validation; the weights that were kept are those of the marked step."
    >
      {run.curves.map((curve) => (
        <div key={curve.stage} class="curve">
          <h3>
            {curve.stage} <span class="note">{endText(curve)}</span>
          </h3>
          <Curve curve={curve} />
        </div>
      ))}
    </Section>
  );
}

const ENDINGS: Readonly<Record<string, string>> = {
  auto: 'ended with its budget',
  epochs: 'ended after its epochs',
  max_steps: 'ended after its steps',
  patience: 'stopped early for want of progress',
};

function endText({ bestStep, endedBy, points }: CurveView): string {
  const last = points.at(-1);
  return [
    ...(last ? [`${numberText(last.step)} steps`] : []),
    ...(endedBy === null ? [] : [ENDINGS[endedBy] ?? `ended by ${endedBy}`]),
    ...(bestStep === null ? [] : [`weights of step ${numberText(bestStep)}`]),
  ].join(', ');
}

function Curve({ curve }: { readonly curve: CurveView }): JSX.Element {
  const { points, measures, bestStep, stage } = curve;
  const marks = bestStep === null ? [] : [{ x: bestStep, text: 'kept' }];
  const validated = measures.map((measure, index): Line => ({
    name: measureText(measure),
    tone: `s${index === 0 ? 0 : 3}`,
    points: points.flatMap((point) => {
      const value = point.validation[measure];
      return value === undefined ? [] : [{ x: point.step, y: value }];
    }),
  }));
  const numbers = numbersOf(points, measures);
  const phases = new Set(points.map(({ phase }) => phase)).size > 1;
  return (
    <div class="columns">
      {validated.some((line) => line.points.length > 0) && (
        <LineChart
          title={`Validation, ${stage}`}
          x="step"
          y=""
          lines={validated.filter((line) => line.points.length > 0)}
          marks={marks}
          numbers={numbers}
        />
      )}
      <LineChart
        title={`Training loss, ${stage}`}
        note={phases ? 'One line for each set of triplets in sequence.' : ''}
        x="step"
        y=""
        lines={lossLines(points, phases)}
        marks={marks}
        numbers={numbers}
        log
      />
    </div>
  );
}

function lossLines(points: readonly CurvePoint[], phases: boolean): Line[] {
  const groups = new Map<number, { x: number; y: number }[]>();
  for (const { step, loss, phase } of points) {
    if (loss === null) continue;
    const group = phases ? (phase ?? 1) : 1;
    groups.set(group, [...(groups.get(group) ?? []), { x: step, y: loss }]);
  }
  return [...groups].map(([group, line], index) => ({
    name: phases ? `loss, set ${group}` : 'loss',
    tone: `s${1 + (index % 3)}`,
    points: line,
  }));
}

function numbersOf(points: readonly CurvePoint[], measures: readonly string[]): Numbers {
  return {
    head: ['step', 'epoch', 'loss', 'learning rate', 'gradient norm', ...measures.map(measureText)],
    rows: points.map((point) => [
      point.step,
      point.epoch,
      short(point.loss),
      short(point.learningRate),
      short(point.gradientNorm),
      ...measures.map((measure) => short(point.validation[measure] ?? null)),
    ]),
  };
}

function short(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}
