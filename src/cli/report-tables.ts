import type { RunResult } from '../run/run.ts';
import type { Metrics } from '../stage.ts';
import type { Style } from './output.ts';
import { metricText, table } from './text.ts';

/**
 * The metrics of every finished evaluation. Names of the form `system/metric` make one column a system, the
 * bare names being the model's own.
 */
export function reportTables(result: RunResult, style: Style): string {
  const tables: string[] = [];
  for (const { stage, end } of result.stages) {
    if (end.state !== 'executed' && end.state !== 'cached') continue;
    if (end.artifact.manifest.type !== 'report') continue;
    const text = metricsTable(end.artifact.manifest.metrics);
    tables.push(`\n${style.bold(stage.name)}  ${style.dim(end.artifact.path)}\n${text}`);
  }
  return tables.join('\n');
}

export function metricsTable(metrics: Metrics): string {
  return table(
    Object.entries(metrics).map(([name, value]) => [name, metricText(value)]),
    ['left', 'right'],
  );
}
