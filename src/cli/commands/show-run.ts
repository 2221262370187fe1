/** `pipeline show RUN`: parameters, results and environment of a recorded run. */
import { findRun, readRun } from '../../history/find.ts';
import { readNotes, type Notes } from '../../history/notes.ts';
import type { RunRecord, StageRecord } from '../../history/record.ts';
import { knownStage } from '../../plan/select.ts';
import { findArtifact } from '../../store/artifacts.ts';
import { artifactFolder, type StoreLayout } from '../../store/layout.ts';
import { printJson, printResult, styleFor, useColor, type Style } from '../render/output.ts';
import { metricsTable } from '../render/report-tables.ts';
import { openStore } from '../../session.ts';
import { durationText } from '../render/text.ts';

export interface ShowRunOptions {
  readonly store?: string;
  readonly json?: boolean;
}

export function showRun(run: string, stage: string | undefined, options: ShowRunOptions): number {
  const layout = openStore(options);
  const record = readRun(layout, run);
  const notes = readNotes(layout, findRun(layout, run));
  const names = Object.keys(record.stages);
  const wanted = stage === undefined ? names : [knownStage(names, stage)];
  if (options.json) {
    const stages = wanted.map((name) => [name, stageAsJson(layout, record, name)]);
    printJson({ ...record, ...notes, stages: Object.fromEntries(stages) as unknown });
    return 0;
  }
  const style = styleFor(useColor(process.stdout));
  const parts = wanted.map((name) => stageText(layout, record, name, style));
  printResult([...(stage === undefined ? [headText(record, notes, style)] : []), ...parts].join('\n\n'));
  return 0;
}

function pathOf(
  layout: StoreLayout,
  { kind, key }: StageRecord,
): { path: string; there: boolean } | undefined {
  if (!key) return undefined;
  return {
    path: artifactFolder(layout, kind, key),
    there: findArtifact(layout, kind, key).state === 'found',
  };
}

function stageAsJson(layout: StoreLayout, record: RunRecord, name: string): unknown {
  const stage = record.stages[name]!;
  const at = pathOf(layout, stage);
  return { ...stage, path: at?.there ? at.path : null, params: record.parameters[name] ?? {} };
}

function headText(record: RunRecord, { tags, note }: Notes, style: Style): string {
  const { id, spec, started, seconds, outcome, engine, environment, params } = record;
  const { version, node, platform, cpu, threads } = environment;
  return [
    `${style.bold(id)}  ${spec.name}  ${outcome}${tags.length > 0 ? `  ${style.cyan(tags.join(' '))}` : ''}`,
    ...(note === null ? [] : [note]),
    spec.file,
    `started ${started}, took ${durationText(seconds)}`,
    ...(engine
      ? [`engine ${engine.backend} (${engine.device}, ${engine.precision}, ${engine.version})`]
      : []),
    style.dim(`version ${version}, Node ${node}, ${platform}, ${cpu}, ${threads} cores`),
    `params ${JSON.stringify(params)}`,
  ]
    .map((line, index) => (index === 0 ? line : `  ${line}`))
    .join('\n');
}

function stageText(layout: StoreLayout, record: RunRecord, name: string, style: Style): string {
  const stage = record.stages[name]!;
  const at = pathOf(layout, stage);
  const state = stage.state === 'executed' ? `executed in ${durationText(stage.seconds)}` : stage.state;
  const lines = [
    `with ${JSON.stringify(record.parameters[name] ?? {})}`,
    ...(at ? [at.there ? at.path : style.yellow(`${at.path} is no longer in the store`)] : []),
    ...(stage.digest === null ? [] : [`digest ${stage.digest.slice(0, 16)}`]),
    ...(stage.error === undefined ? [] : [style.red(stage.error)]),
    ...metricsTable(stage.metrics).split('\n'),
  ].filter((line) => line !== '');
  const title = `${style.bold(name)}  ${style.dim(stage.kind)}  ${state}`;
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}
