/** What was run, how it ended, and the figure that matters, in the first lines of the page. */
import type { JSX } from 'preact';
import type { DifferenceView, ReportView } from '../../../views/report-view.ts';
import type { RunView } from '../../../views/run-view.ts';
import { durationText } from '../../../../base/quantity-text.ts';
import { signedText } from '../../../../base/number-text.ts';
import { countText, intervalText, measureText, pText, systemText, timeText } from '../../format.ts';
import { Chip, type Tone } from '../../parts/chip.tsx';
import { formatRoute } from '../../routes.ts';
import { useSource } from '../../source/use-view.ts';
import { toneOf } from '../../tones.ts';

const TONES: Readonly<Record<RunView['outcome'], Tone>> = {
  done: 'good',
  failed: 'bad',
  interrupted: 'warn',
  unfinished: 'warn',
};

export function RunHead({ run }: { readonly run: RunView }): JSX.Element {
  const { id, spec, started, seconds, outcome, tags, note, sweep, stages, engine } = run;
  const { isLive } = useSource();
  const executed = stages.filter(({ state }) => state === 'executed').length;
  const cached = stages.filter(({ state }) => state === 'cached').length;
  const warnings = stages.reduce((sum, stage) => sum + stage.warnings.length, 0);
  return (
    <header class="page-head">
      <h1>
        {spec.name} <Chip tone={TONES[outcome]}>{outcome}</Chip>
        {tags.map((tag) => (
          <>
            {' '}
            <Chip key={tag}>{tag}</Chip>
          </>
        ))}
      </h1>
      <div class="facts">
        {id === 'current' ? <span>present results of the spec</span> : <code>{id}</code>}
        {started !== null && <time dateTime={started}>{timeText(started)}</time>}
        {seconds > 0 && <span>{durationText(seconds)}</span>}
        <span>
          {countText(stages.length, 'stage')}: {executed} executed, {cached} cached
        </span>
        {engine && (
          <span>
            engine {engine.backend}, {engine.precision}
          </span>
        )}
        {warnings > 0 && (
          <a href={formatRoute({ path: ['run', id], query: { at: 'warnings' } })}>
            {countText(warnings, 'warning')}
          </a>
        )}
        {sweep && (
          <span>
            sweep{' '}
            {isLive ? (
              <a href={formatRoute({ path: ['sweep', sweep.id], query: {} })}>{sweep.id}</a>
            ) : (
              <code>{sweep.id}</code>
            )}
            , configuration {sweep.configuration}
          </span>
        )}
      </div>
      {note !== null && <p>{note}</p>}
      {isLive && (
        <div class="facts">
          <a href={formatRoute({ path: ['search'], query: { run: id } })}>Ask its model</a>
          <a href={formatRoute({ path: ['runs'], query: { pick: id } })}>Compare it with another run</a>
        </div>
      )}
      {run.notes.map((text) => (
        <p key={text} class="soft">
          {text}
        </p>
      ))}
      <Headline reports={run.reports} />
    </header>
  );
}

/** The last report's primary measure: a report on the test split comes after one on validation. */
function Headline({ reports }: { readonly reports: readonly ReportView[] }): JSX.Element | null {
  const report = reports.at(-1);
  if (!report) return null;
  const { primary, systems, label, comparisons, queries, split, stage } = report;
  const against = comparisons.find(({ system, rival }) => system === label && rival === 'bm25');
  const difference = against?.corpus[primary];
  return (
    <div class="headline">
      <dl>
        {systems.map(({ name, corpus }) => {
          const figure = corpus[primary];
          return (
            figure && (
              <div key={name}>
                <dt class={`tone-${toneOf(name, label)}`}>{systemText(name)}</dt>
                <dd>
                  {figure.mean.toFixed(3)}
                  {figure.interval && <small>{intervalText(figure.interval)}</small>}
                </dd>
              </div>
            )
          );
        })}
      </dl>
      <p class="soft">
        {measureText(primary)} on {countText(queries, 'query', 'queries')} of {split} (stage {stage}).
        {difference && (
          <>
            {' '}
            The model is <strong>{verdict(difference)}</strong> BM25:{' '}
            {signedText(difference.difference, (size) => size.toFixed(3))}
            {difference.p !== null && `, p ${pText(difference.p)}`}.
          </>
        )}
      </p>
    </div>
  );
}

function verdict({ difference, p }: DifferenceView): string {
  if (difference === 0 || (p !== null && p >= 0.05)) return 'not distinguishable from';
  return difference > 0 ? 'better than' : 'worse than';
}
