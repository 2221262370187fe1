/** How hard the mined negatives are: their scores beside those of the positives, and the ranks they came from. */
import type { JSX } from 'preact';
import type { MiningView, SourceView } from '../../../views/mining-view.ts';
import type { RunView } from '../../../views/run-view.ts';
import { numberText } from '../../../../base/number-text.ts';
import { Bars } from '../../charts/bars.tsx';
import { Histogram } from '../../charts/histogram.tsx';
import { percentText } from '../../format.ts';
import { Section } from '../../parts/section.tsx';
import { Table, type Column } from '../../parts/table.tsx';

export function NegativesSection({ run }: { readonly run: RunView }): JSX.Element {
  return (
    <Section
      id="negatives"
      title="Negatives"
      lead="A negative that scores close to its positive teaches most; one that scores above it may be relevant and unjudged."
    >
      <Table
        id="minings"
        caption="Sets of triplets"
        columns={COLUMNS}
        rows={run.minings}
        rowKey={({ stage }) => stage}
      />
      {run.minings.flatMap(({ stage, sources }) =>
        sources
          .filter(({ scores, ranks, negatives }) => negatives > 0 && (scores ?? ranks))
          .map((source) => <Source key={`${stage} ${source.name}`} source={source} stage={stage} />),
      )}
    </Section>
  );
}

const COLUMNS: readonly Column<MiningView>[] = [
  { id: 'stage', head: 'stage', cell: ({ stage }) => stage, names: true },
  { id: 'triplets', head: 'triplets', align: 'right', cell: ({ triplets }) => numberText(triplets) },
  {
    id: 'weak',
    head: 'with a weak positive',
    align: 'right',
    cell: ({ weakTriplets }) => numberText(weakTriplets),
  },
  {
    id: 'each',
    head: 'negatives each',
    align: 'right',
    cell: (mining) => numberText(mining.negativesPerTriplet),
  },
  { id: 'sources', head: 'negatives from', cell: ({ sources }) => sourcesText(sources) },
  { id: 'rejected', head: 'candidates left out', cell: ({ rejected }) => rejectedText(rejected) },
];

function sourcesText(sources: readonly SourceView[]): string {
  const used = sources.filter(({ negatives }) => negatives > 0);
  return used.map(({ name, share }) => `${percentText(share)} ${name}`).join(', ') || '–';
}

function rejectedText(rejected: MiningView['rejected']): string {
  const counted = Object.entries(rejected).filter(([, count]) => count > 0);
  return (
    counted.map(([guard, count]) => `${numberText(count)} ${guard.replaceAll('_', ' ')}`).join(', ') || '–'
  );
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
