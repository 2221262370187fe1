/** Which kinds of queries it answers well, and where another system is better. */
import type { JSX } from 'preact';
import type { ReportView, TypeView } from '../../../views/report-view.ts';
import type { RunView } from '../../../views/run-view.ts';
import { numberText } from '../../../../base/number-text.ts';
import { DotRows } from '../../charts/dot-rows.tsx';
import { measureText, systemText } from '../../format.ts';
import { Section } from '../../parts/section.tsx';
import { useRouteValue } from '../../use-route.ts';
import { toneOf } from '../../tones.ts';

export function TypesSection({ run }: { readonly run: RunView }): JSX.Element {
  const report = run.reports.filter(({ types }) => types.length > 0).at(-1)!;
  const measure = useRouteValue('type-measure', report.primary);
  const shown = report.measures.includes(measure.value) ? measure.value : report.primary;
  return (
    <Section
      id="types"
      title="Query types"
      lead={`The queries of ${report.split} by their type in the data, most frequent first.`}
    >
      <div class="controls">
        <label>
          measure
          <select
            value={shown}
            onChange={(event) => {
              measure.set(event.currentTarget.value);
            }}
          >
            {report.measures.map((name) => (
              <option key={name} value={name}>
                {measureText(name)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Types report={report} measure={shown} />
    </Section>
  );
}

const MOST = 20;

function Types({ report, measure }: { readonly report: ReportView; readonly measure: string }): JSX.Element {
  const types = [...report.types].sort((a, b) => b.queries - a.queries);
  const systems = report.systems
    .map(({ name }) => name)
    .filter((name) => types.some((type) => valueOf(type, name, measure) !== undefined));
  const left = types.length - MOST;
  return (
    <DotRows
      title={`${measureText(measure)} by query type`}
      note={left > 0 ? `${left} rarer types are in the numbers only.` : ''}
      x={measureText(measure)}
      series={systems.map((system) => ({ name: systemText(system), tone: toneOf(system, report.label) }))}
      rows={types.slice(0, MOST).map((type) => ({
        name: `${type.type === '' ? 'no type' : type.type} · ${numberText(type.queries)}`,
        values: systems.map((system) => valueOf(type, system, measure) ?? null),
      }))}
      numbers={{
        head: ['type', 'queries', ...systems.map(systemText)],
        rows: types.map((type) => [
          type.type,
          type.queries,
          ...systems.map((system) => {
            const value = valueOf(type, system, measure);
            return value === undefined ? null : Number(value.toFixed(4));
          }),
        ]),
      }}
    />
  );
}

function valueOf({ systems }: TypeView, system: string, measure: string): number | undefined {
  return systems[system]?.[measure];
}
