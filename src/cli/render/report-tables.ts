/** Tables of metrics: one row per measure and one column per system for reports, plain lists for other stages. */
import type { RunResult } from '../../execute/run.ts';
import type { Metrics } from '../../stage.ts';
import type { Style } from './output.ts';
import { metricText, table } from './text.ts';

/** In place of the path of an artifact that a store has elsewhere. */
export const NOT_HERE = 'not on this machine';

/** The tables of all reports of a run. */
export function reportTables(result: RunResult, style: Style): string {
  const tables: string[] = [];
  for (const { stage, end } of result.stages) {
    if (end.state !== 'executed' && end.state !== 'cached') continue;
    if (end.artifact.manifest.type !== 'report') continue;
    const text = reportTable(end.artifact.manifest.metrics);
    tables.push(`\n${style.bold(stage.name)}  ${style.dim(end.artifact.path ?? NOT_HERE)}\n${text}`);
  }
  return tables.join('\n');
}

export function metricsTable(metrics: Metrics): string {
  return table(
    Object.entries(metrics).map(([name, value]) => [name, metricText(value)]),
    ['left', 'right'],
  );
}

/** First segments of a metric's name that are not a system. */
const SCOPES = new Set(['candidates']);
const OWN = 'model';

/**
 * The metrics of a report, one row per measure and one column per system. Names are `[system/][scope/]measure`; those
 * without a system belong to the model. `measure_low` and `measure_high` share one row.
 */
export function reportTable(metrics: Metrics): string {
  const rows = new Map<string, Map<string, string>>();
  const systems = new Set([OWN]);
  for (const [name, value] of Object.entries(metrics)) {
    const { system, measure } = partsOf(name);
    const cell = cellOf(metrics, name, value);
    if (cell === undefined) continue;
    systems.add(system);
    const label = measure.replace(/_low$/, ' interval');
    let row = rows.get(label);
    if (!row) rows.set(label, (row = new Map<string, string>()));
    row.set(system, cell);
  }
  const columns = [...systems];
  const body = [...rows].map(([label, row]) => [label, ...columns.map((system) => row.get(system) ?? '')]);
  return table([['', ...columns], ...body], ['left', ...columns.map(() => 'right' as const)]);
}

function partsOf(name: string): { system: string; measure: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(0, slash));
  if (slash < 0 || SCOPES.has(first)) return { system: OWN, measure: name };
  return { system: first, measure: name.slice(slash + 1) };
}

/** Undefined if the value is shown together with another one. */
function cellOf(metrics: Metrics, name: string, value: Metrics[string]): string | undefined {
  if (typeof value !== 'number') return metricText(value);
  if (name.endsWith('_low')) {
    const high = metrics[name.replace(/_low$/, '_high')];
    if (typeof high === 'number') return `${value.toFixed(3)}–${high.toFixed(3)}`;
  }
  if (name.endsWith('_high') && name.replace(/_high$/, '_low') in metrics) return undefined;
  if (name.endsWith('_ms')) return value.toFixed(2);
  return Number.isInteger(value) && Math.abs(value) > 1 ? metricText(value) : value.toFixed(4);
}
