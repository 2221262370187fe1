import type { JSX } from 'preact';
import type { BegunView } from '../../../views/runs-view.ts';
import { countText, timeText } from '../../format.ts';
import { Chip } from '../../parts/chip.tsx';
import { formatRoute } from '../../routes.ts';

/** Runs without a record: those that run now, and those whose process was killed. */
export function BegunRuns({ runs }: { readonly runs: readonly BegunView[] }): JSX.Element | null {
  if (runs.length === 0) return null;
  return (
    <ul class="begun">
      {runs.map(({ run, spec, started, state, stages, configurations }) => (
        <li key={run}>
          <Chip tone={state === 'running' ? 'good' : 'warn'}>{state === 'running' ? 'running' : 'lost'}</Chip>{' '}
          <a href={formatRoute({ path: ['live', run], query: {} })}>
            {configurations === null ? spec : `sweep of ${spec}`}
          </a>{' '}
          <span class="soft">
            since {timeText(started)},
            {configurations !== null && ` ${countText(configurations, 'configuration')},`}{' '}
            {countText(stages, 'stage')}
            {state === 'lost' && ': its process ended without a record, as one that was killed does'}
          </span>
        </li>
      ))}
    </ul>
  );
}
