import { existsSync } from 'node:fs';
import type { PlanEntry } from '../../plan/plan.ts';
import { knownStage } from '../../plan/select.ts';
import { printJson, printResult, styleFor, useColor, type Style } from '../render/output.ts';
import { metricsTable, NOT_HERE, reportTable } from '../render/report-tables.ts';
import { openSpec } from './open-spec.ts';
import { currentPlan, type SpecOptions } from '../../session.ts';
import { bytesText, durationText, table } from '../render/text.ts';
import { warningText } from '../render/warnings.ts';
import { yamlUnder } from '../render/yaml-text.ts';

export interface ShowOptions extends SpecOptions {
  readonly json?: boolean;
}

/** `pipeline show`: parameters, metrics and artifact paths of the current results; executes nothing. */
export async function showCommand(
  file: string,
  stage: string | undefined,
  options: ShowOptions,
): Promise<number> {
  if (meansRun(file, existsSync(file))) {
    const { showRun } = await import('./show-run.ts');
    return showRun(file, stage, options);
  }
  const session = await openSpec(file, options);
  const names = session.spec.stages.map(({ name }) => name);
  if (stage !== undefined) knownStage(names, stage);
  const plan = await currentPlan(session);
  const entries = plan.entries.filter((entry) => stage === undefined || entry.stage.name === stage);
  if (options.json)
    printJson({ stages: Object.fromEntries(entries.map((entry) => [entry.stage.name, entryAsJson(entry)])) });
  else {
    const style = styleFor(useColor('stdout'));
    printResult(entries.map((entry) => entryText(entry, style)).join('\n\n'));
  }
  return 0;
}

/** An argument that is neither a file nor looks like a file name refers to a run. */
export function meansRun(argument: string, isFile: boolean): boolean {
  return !isFile && !/[/\\]|\.ya?ml$|\.json$/i.test(argument);
}

/** `cached`, or `missing` if the stage has to run first. */
function entryAsJson({ stage, plan }: PlanEntry): unknown {
  if (plan.state !== 'cached')
    return {
      kind: stage.kind.name,
      state: 'missing',
      key: null,
      digest: null,
      path: null,
      params: stage.with,
      metrics: {},
      warnings: [],
    };
  const { manifest, path } = plan.artifact;
  const { key, digest, metrics, warnings = [] } = manifest;
  return { kind: stage.kind.name, state: 'cached', key, digest, path, params: stage.with, metrics, warnings };
}

function entryText({ stage, plan }: PlanEntry, style: Style): string {
  const title = `${style.bold(stage.name)}  ${style.dim(stage.kind.name)}`;
  const params = yamlUnder('with', stage.with);
  if (plan.state !== 'cached')
    return [title, indent(params), indent(style.yellow('no current result; run `pipeline run`'))].join('\n');
  const { manifest, path } = plan.artifact;
  const { seconds, started, peakMemoryBytes, kernels = [] } = manifest.producer;
  const files = manifest.files.map((file) => [file.path, bytesText(file.size)]);
  return [
    title,
    indent(path ?? NOT_HERE),
    indent(params),
    indent(
      [
        `digest ${manifest.digest.slice(0, 16)}`,
        `made ${started} in ${durationText(seconds)}`,
        ...(peakMemoryBytes > 0 ? [`peak ${bytesText(peakMemoryBytes)}`] : []),
        ...(kernels.length > 0 ? [`kernels ${kernels.join(', ')}`] : []),
      ].join(' · '),
    ),
    indent(table(files, ['left', 'right'])),
    indent(manifest.type === 'report' ? reportTable(manifest.metrics) : metricsTable(manifest.metrics)),
    ...(manifest.warnings ?? []).map((warning) => indent(warningText(warning, style))),
  ]
    .filter((text) => text.trim() !== '')
    .join('\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
