/** The graph of stages with their states and durations, and one row for each of them. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { RunView, StageState, StageView } from '../../../views/run-view.ts';
import { durationText } from '../../../../base/quantity-text.ts';
import type { GraphEdge } from '../../charts/graph-edges.ts';
import { Graph } from '../../charts/graph.tsx';
import { Chip, type Tone } from '../../parts/chip.tsx';
import { HashText } from '../../parts/hash-text.tsx';
import { Section } from '../../parts/section.tsx';
import { Table, type Column } from '../../parts/table.tsx';
import { formatRoute, withQuery } from '../../routes.ts';
import { useRoute } from '../../use-route.ts';
import { StageDetails } from './stage-details.tsx';

const STATE_TEXT: Readonly<Record<StageState, string>> = {
  cached: 'cached',
  executed: 'executed',
  failed: 'failed',
  skipped: 'skipped',
  'not-selected': 'not selected',
  missing: 'no result yet',
  running: 'running',
};

const STATE_TONE: Readonly<Record<StageState, Tone>> = {
  cached: 'plain',
  executed: 'good',
  failed: 'bad',
  skipped: 'warn',
  'not-selected': 'plain',
  missing: 'warn',
  running: 'good',
};

export function GraphSection({ run }: { readonly run: RunView }): JSX.Element {
  const route = useRoute();
  const { stages } = run;
  const chosen = stages.find(({ name }) => name === route.query['stage']);
  const edges = useMemo(() => edgesOf(stages), [stages]);
  const nodes = stages.map((stage) => ({
    id: stage.name,
    title: stage.name,
    detail: detailOf(stage),
    tone: stage.warnings.length > 0 ? `${stage.state} warned` : stage.state,
    href: formatRoute(withQuery(route, { stage: stage === chosen ? '' : stage.name, at: 'stages' })),
    isCurrent: stage === chosen,
  }));
  return (
    <Section
      id="stages"
      title="Stages"
      lead="A key is the digest of all that determines a stage’s result, a digest that of the result. An arrow is left out where a longer path says the same; click a stage for its inputs, parameters and files."
    >
      {nodes.length > 1 && <Graph label="Graph of the stages" nodes={nodes} edges={edges} />}
      {chosen && <StageDetails stage={chosen} />}
      <Table
        id="stages"
        caption="Stages in the order of the spec"
        columns={COLUMNS}
        rows={stages}
        rowKey={({ name }) => name}
      />
    </Section>
  );
}

function detailOf({ kind, state, seconds }: StageView): string {
  const doing = state === 'executed' ? [] : [STATE_TEXT[state]];
  const time = seconds === null || seconds === 0 ? [] : [durationText(seconds)];
  return [kind, ...doing, ...time].join(' · ');
}

/** An input that the shown stages do not have is left out: a run of some stages only. */
function edgesOf(stages: readonly StageView[]): GraphEdge[] {
  const names = new Set(stages.map(({ name }) => name));
  return stages.flatMap(({ name, inputs }) =>
    [...new Set(Object.values(inputs).flat())]
      .filter((from) => names.has(from))
      .map((from) => ({ from, to: name })),
  );
}

const COLUMNS: readonly Column<StageView>[] = [
  { id: 'name', head: 'stage', cell: ({ name }) => name, names: true, sort: ({ name }) => name },
  { id: 'kind', head: 'kind', cell: ({ kind }) => kind, sort: ({ kind }) => kind },
  {
    id: 'state',
    head: 'state',
    cell: ({ state }) => <Chip tone={STATE_TONE[state]}>{STATE_TEXT[state]}</Chip>,
  },
  {
    id: 'seconds',
    head: 'time',
    align: 'right',
    cell: ({ seconds }) => (seconds === null ? '–' : durationText(seconds)),
    sort: ({ seconds }) => seconds,
  },
  { id: 'key', head: 'key', cell: ({ key }) => (key === null ? '–' : <HashText hash={key} />) },
  {
    id: 'digest',
    head: 'digest',
    cell: ({ digest }) => (digest === null ? '–' : <HashText hash={digest} />),
  },
  { id: 'headline', head: 'result', cell: ({ headline, error }) => error ?? headline ?? '–' },
];
