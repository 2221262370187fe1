/** What each parameter does to the metric: marginal means with intervals, and every configuration as a dot. */
import type { JSX } from 'preact';
import type { EffectView, SweepView } from '../../../views/sweep-view.ts';
import { numberText } from '../../../../base/number-text.ts';
import { IntervalPlot } from '../../charts/interval-plot.tsx';
import { Scatter } from '../../charts/scatter.tsx';
import { countText } from '../../format.ts';
import { Section } from '../../parts/section.tsx';
import { plainValue, shortNames } from './parameter-values.ts';

export function EffectsSection({ sweep }: { readonly sweep: SweepView }): JSX.Element {
  const names = shortNames(sweep.parameters);
  return (
    <Section
      id="effects"
      title="Effects"
      lead="The mean of the metric for each value of a parameter, over all configurations that have it. Interactions between parameters do not show here. Intervals are 95 % bootstrap intervals over the configurations, where a value has three or more."
    >
      {sweep.effects.map((effect) => (
        <div key={effect.parameter} class="columns">
          <Means
            effect={effect}
            name={names.get(effect.parameter) ?? effect.parameter}
            metric={sweep.metric ?? ''}
          />
          <Dots effect={effect} sweep={sweep} name={names.get(effect.parameter) ?? effect.parameter} />
        </div>
      ))}
    </Section>
  );
}

function Means(props: {
  readonly effect: EffectView;
  readonly name: string;
  readonly metric: string;
}): JSX.Element {
  const { effect, name, metric } = props;
  const { spread, correlation } = effect;
  const isNumeric = effect.values.every(({ value }) => value.trim() !== '' && !Number.isNaN(Number(value)));
  // Best first, but numbers in their own order: a trend shows.
  const values = isNumeric
    ? [...effect.values].sort((a, b) => Number(a.value) - Number(b.value))
    : effect.values;
  const note = `Spread ${numberText(spread)}${correlation === null ? '' : `, rank correlation ${correlation.toFixed(2)}`}.`;
  return (
    <IntervalPlot
      title={`Effect of ${name}`}
      note={note}
      x={`mean of ${metric}`}
      groups={[
        {
          name: '',
          rows: values.map(({ value, mean, interval, count }) => ({
            name: `${value} (${count})`,
            tone: 'model',
            value: mean,
            interval,
            text: mean.toFixed(4),
          })),
        },
      ]}
      numbers={{
        head: ['value', 'mean', 'configurations', 'low', 'high'],
        rows: values.map(({ value, mean, count, interval }) => [
          value,
          Number(mean.toPrecision(4)),
          countText(count, 'configuration'),
          interval?.[0] ?? null,
          interval?.[1] ?? null,
        ]),
      }}
    />
  );
}

function Dots(props: {
  readonly effect: EffectView;
  readonly sweep: SweepView;
  readonly name: string;
}): JSX.Element {
  const { effect, sweep, name } = props;
  const measured = sweep.configurations.filter(
    ({ metric, values }) => metric !== null && values[effect.parameter] !== undefined,
  );
  const all = measured.map(({ values }) => values[effect.parameter]!);
  const isNumeric = all.every((value) => typeof value === 'number');
  const categories = isNumeric ? undefined : [...new Set(all.map(plainValue))].sort();
  return (
    <Scatter
      title={`Configurations by ${name}`}
      x={name}
      y={sweep.metric ?? ''}
      {...(categories && { categories })}
      points={measured.map((one) => {
        const value = one.values[effect.parameter]!;
        return {
          name: one.name,
          x: categories ? categories.indexOf(plainValue(value)) : Number(value),
          y: one.metric!,
          interval: one.interval,
          tone: one === sweep.configurations[0] ? 'model' : 'plain',
        };
      })}
    />
  );
}
