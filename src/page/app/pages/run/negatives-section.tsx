/** How hard the mined negatives are: their scores beside those of the positives, and the ranks they came from. */
import type { JSX } from 'preact';
import type { MiningView, SourceView } from '../../../views/mining-view.ts';
import type { RunView } from '../../../views/run-view.ts';
import { numberText } from '../../../../base/number-text.ts';
import { Bars } from '../../charts/bars.tsx';
import { Histogram } from '../../charts/histogram.tsx';
import { countText, percentText } from '../../format.ts';
import { Section } from '../../parts/section.tsx';

export function NegativesSection({ run }: { readonly run: RunView }): JSX.Element {
  return (
    <Section
      id="negatives"
      title="Negatives"
      lead="A negative that scores close to its positive teaches most; one that scores above it may be relevant and unjudged."
    >
      {run.minings.map((mining) => (
        <Mining key={mining.stage} mining={mining} />
      ))}
    </Section>
  );
}

function Mining({ mining }: { readonly mining: MiningView }): JSX.Element {
  const { stage, sources, rejected } = mining;
  const measured = sources.filter(({ scores, ranks }) => scores ?? ranks);
  const guards = Object.entries(rejected).filter(([, count]) => count > 0);
  return (
    <div class="mining">
      <h3>{stage}</h3>
      <p class="soft">
        {summary(mining)}
        {guards.length > 0 &&
          ` Rejected: ${guards.map(([guard, count]) => `${numberText(count)} ${guard.replaceAll('_', ' ')}`).join(', ')}.`}
      </p>
      {measured.map((source) => (
        <Source key={source.name} source={source} stage={stage} />
      ))}
    </div>
  );
}

function summary({ triplets, weakTriplets, negativesPerTriplet, sources }: MiningView): string {
  const weak =
    weakTriplets === 0 ? '' : `, ${numberText(weakTriplets)} with a positive that a retriever found`;
  const from = sources
    .filter(({ negatives }) => negatives > 0)
    .map(({ name, share }) => `${percentText(share)} ${name}`)
    .join(', ');
  return `${countText(triplets, 'triplet')}${weak}, with ${countText(negativesPerTriplet, 'negative')} each${from === '' ? '' : `: ${from}`}.`;
}

function Source({ source, stage }: { readonly source: SourceView; readonly stage: string }): JSX.Element {
  const { name, scores, positiveScores, ranks, abovePositive, medianRank } = source;
  const above =
    abovePositive === null
      ? ''
      : `${percentText(abovePositive)} of the negatives score above their positive.`;
  return (
    <div class="columns">
      {scores && scores.histogram.length > 0 && (
        <Histogram
          title={`Scores of negatives from ${name}, ${stage}`}
          note={above}
          x={`score of ${name}`}
          distributions={[
            ...(positiveScores && positiveScores.histogram.length > 0
              ? [{ name: 'positives', tone: 'plain', bins: positiveScores.histogram }]
              : []),
            { name: 'negatives', tone: 'model', bins: scores.histogram },
          ]}
        />
      )}
      {ranks && (
        <Bars
          title={`Ranks of negatives from ${name}, ${stage}`}
          note={medianRank === null ? '' : `Median rank ${numberText(medianRank)}.`}
          unit="negatives"
          bars={ranks.map(({ range, count }) => ({ name: range, count }))}
        />
      )}
    </div>
  );
}
