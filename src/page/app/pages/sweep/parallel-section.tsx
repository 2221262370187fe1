/** All parameters and the metric of all configurations in one drawing. */
import type { JSX } from 'preact';
import type { SweepView } from '../../../views/sweep-view.ts';
import { Parallel } from '../../charts/parallel.tsx';
import { Section } from '../../parts/section.tsx';
import { plainValue, shortNames } from './parameter-values.ts';

/** More lines than this cover each other. */
const MOST = 500;

export function ParallelSection({ sweep }: { readonly sweep: SweepView }): JSX.Element {
  const { parameters, configurations, metric, goal } = sweep;
  const names = shortNames(parameters);
  const measured = configurations.filter((one) => one.metric !== null);
  const values = measured.map((one) => one.metric!);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const goodness = (value: number): number => {
    if (high === low) return 1;
    const share = (value - low) / (high - low);
    return goal === 'maximize' ? share : 1 - share;
  };
  return (
    <Section
      id="parallel"
      title="All together"
      lead="Each line is a configuration, from its parameters on the left to its metric on the right; the stronger the better, and the best is thick."
    >
      <Parallel
        title="Parallel coordinates"
        note={measured.length > MOST ? `The best ${MOST} of ${measured.length} configurations.` : ''}
        axes={[...parameters.map((name) => names.get(name) ?? name), metric ?? '']}
        lines={measured.slice(0, MOST).map((one, index) => ({
          name: one.name,
          values: [
            ...parameters.map((name) => {
              const value = one.values[name];
              return value === undefined ? null : typeof value === 'number' ? value : plainValue(value);
            }),
            one.metric,
          ],
          goodness: goodness(one.metric!),
          isBest: index === 0,
        }))}
      />
    </Section>
  );
}
