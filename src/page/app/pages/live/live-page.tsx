/** A run while it runs: the graph of its stages, how far each is, its curves and what it prints. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { durationText } from '../../../../base/quantity-text.ts';
import type { LiveView } from '../../../views/live-view.ts';
import { liveName } from '../../../views/serve-names.ts';
import { Graph } from '../../charts/graph.tsx';
import { countText, timeText } from '../../format.ts';
import { Chip, type Tone } from '../../parts/chip.tsx';
import { WithView } from '../../parts/loaded.tsx';
import { Section } from '../../parts/section.tsx';
import { formatRoute, withQuery, type Route } from '../../routes.ts';
import { useRoute, useRouteValue } from '../../use-route.ts';
import { LiveCurves } from './live-curves.tsx';
import { LiveStages, STATUS_TEXT } from './live-stages.tsx';
import { LiveRanking, LiveTree } from './live-sweep.tsx';
import { LogPanel } from './log-panel.tsx';
import type { RunProgress, StageProgress } from './progress.ts';
import { useEvents } from './use-events.ts';

/** A graph of more stages, as sweeps have them, cannot be read. */
const MOST_DRAWN = 60;

export function LivePage({ route }: { readonly route: Route }): JSX.Element {
  const run = route.path[1] ?? '';
  return (
    <main class="page">
      <WithView name={liveName(run)} what="this run">
        {(view) => <Live key={run} view={view} />}
      </WithView>
    </main>
  );
}

function Live({ view }: { readonly view: LiveView }): JSX.Element {
  const { progress, isOver, isConnected } = useEvents(view);
  const { stages } = progress;
  const chosen = useRouteValue('stage', '');
  const running = stages.filter(({ status }) => status === 'running');
  const shown = stages.find(({ name }) => name === chosen.value) ?? running.at(-1) ?? lastStarted(stages);
  return (
    <>
      <header class="page-head">
        <h1>
          {view.sweep ? `Sweep of ${view.spec.name}` : view.spec.name}{' '}
          <State view={view} progress={progress} isOver={isOver} />
        </h1>
        <div class="facts">
          <code>{view.run}</code>
          <time dateTime={view.started}>{timeText(view.started)}</time>
          <Elapsed since={view.started} seconds={progress.seconds} isOver={isOver} />
          {stages.length > 0 && <span>{summary(stages)}</span>}
          {!isConnected && !isOver && <span role="status">The connection was lost; trying again.</span>}
        </div>
        {isOver && (progress.outcome !== null || view.state === 'ended') && (
          <p role="status">
            {whatOf(view)} has ended:{' '}
            <a
              href={formatRoute({
                path: view.sweep ? ['sweep', view.sweep.id] : ['run', view.run],
                query: {},
              })}
            >
              see its results
            </a>
            .
          </p>
        )}
      </header>
      <div class="sections">
        {view.sweep && view.sweep.trials.length > 0 && <LiveRanking sweep={view.sweep} stages={stages} />}
        {stages.length > 0 && (
          <Section id="stages" title="Stages">
            {stages.length > 1 && stages.length <= MOST_DRAWN && (
              <StageGraph stages={stages} chosen={shown?.name} />
            )}
            {view.sweep ? (
              <LiveTree sweep={view.sweep} stages={stages} />
            ) : (
              <LiveStages id="run" caption="Stages in the order of the spec" stages={stages} />
            )}
          </Section>
        )}
        <LiveCurves stages={stages} />
        {shown && shown.started !== null && <LogPanel run={view.run} stage={shown.name} />}
      </div>
    </>
  );
}

function whatOf({ run, sweep }: LiveView): string {
  if (!sweep) return 'The run';
  return sweep.rung || run !== sweep.id ? 'This rung' : 'The sweep';
}

function lastStarted(stages: readonly StageProgress[]): StageProgress | undefined {
  return stages
    .filter(({ started }) => started !== null)
    .sort((a, b) => (a.started! < b.started! ? -1 : 1))
    .at(-1);
}

function State(props: {
  readonly view: LiveView;
  readonly progress: RunProgress;
  readonly isOver: boolean;
}): JSX.Element {
  const { view, progress, isOver } = props;
  const tones: Readonly<Record<string, Tone>> = { done: 'good', failed: 'bad', interrupted: 'warn' };
  if (progress.outcome) return <Chip tone={tones[progress.outcome] ?? 'plain'}>{progress.outcome}</Chip>;
  return isOver || view.state === 'lost' ? <Chip tone="warn">lost</Chip> : <Chip tone="good">running</Chip>;
}

function Elapsed(props: {
  readonly since: string;
  readonly seconds: number | null;
  readonly isOver: boolean;
}): JSX.Element | null {
  const { since, seconds, isOver } = props;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (isOver) return;
    const timer = setInterval(() => {
      setNow(Date.now());
    }, 1_000);
    return () => {
      clearInterval(timer);
    };
  }, [isOver]);
  if (seconds !== null) return <span>{durationText(seconds)}</span>;
  return isOver ? null : <span>{durationText(Math.max(0, (now - Date.parse(since)) / 1000))}</span>;
}

function summary(stages: readonly StageProgress[]): string {
  const count = (...wanted: readonly string[]): number =>
    stages.filter(({ status }) => wanted.includes(status)).length;
  const failed = count('failed');
  return [
    `${count('executed', 'cached')} of ${countText(stages.length, 'stage')} done`,
    ...(count('running') > 0 ? [`${count('running')} running`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ].join(', ');
}

function StageGraph(props: {
  readonly stages: readonly StageProgress[];
  readonly chosen: string | undefined;
}): JSX.Element {
  const { stages, chosen } = props;
  const route = useRoute();
  const edges = useMemo(() => {
    const names = new Set(stages.map(({ name }) => name));
    return stages.flatMap(({ name, inputs }) =>
      [...new Set(Object.values(inputs).flat())]
        .filter((from) => names.has(from))
        .map((from) => ({ from, to: name })),
    );
  }, [stages.length]);
  // The layout depends on the texts: they have the same length whatever the state.
  const nodes = stages.map(({ name, kind, status }) => ({
    id: name,
    title: name,
    detail: kind,
    tone: status,
    href: formatRoute(withQuery(route, { stage: name })),
    label: `${name}: ${kind}, ${STATUS_TEXT[status]}`,
    isCurrent: name === chosen,
  }));
  return <Graph label="Graph of the stages" nodes={nodes} edges={edges} />;
}
