/** `pipeline show RUN`: parameters, results and environment of a recorded run. */
import { join } from 'node:path';
import { findRun, readRun } from '../../history/find.ts';
import { readNotes, type Notes } from '../../history/notes.ts';
import type { RunRecord, StageRecord } from '../../history/record.ts';
import { knownStage } from '../../plan/select.ts';
import { findWhole, type FoundArtifact } from '../../store/store.ts';
import { printJson, printResult, styleFor, useColor, type Style } from '../render/output.ts';
import { metricsTable, NOT_HERE } from '../render/report-tables.ts';
import { artifactStore, openStore } from '../../session.ts';
import { durationText } from '../render/text.ts';
import { warningText } from '../render/warnings.ts';
import { yamlUnder } from '../render/yaml-text.ts';

export interface ShowRunOptions {
  readonly store?: string;
  readonly json?: boolean;
}

export async function showRun(
  run: string,
  stage: string | undefined,
  options: ShowRunOptions,
): Promise<number> {
  const layout = openStore(options);
  const store = artifactStore(layout);
  const record = readRun(layout, run);
  const notes = readNotes(layout, findRun(layout, run));
  const names = Object.keys(record.stages);
  const wanted = stage === undefined ? names : [knownStage(names, stage)];
  const shown: ShownStage[] = [];
  for (const name of wanted) {
    const { kind, key } = record.stages[name]!;
    shown.push({ name, record, artifact: key ? await findWhole(store, kind, key) : undefined });
  }
  if (options.json) {
    const stages = shown.map((each) => [each.name, stageAsJson(each)]);
    printJson({ ...record, ...notes, stages: Object.fromEntries(stages) as unknown });
    return 0;
  }
  const style = styleFor(useColor('stdout'));
  const parts = shown.map((each) => stageText(each, layout.logs, style));
  printResult([...(stage === undefined ? [headText(record, notes, style)] : []), ...parts].join('\n\n'));
  return 0;
}

interface ShownStage {
  readonly name: string;
  readonly record: RunRecord;
  /** Undefined where it made none, or the store no longer has it. */
  readonly artifact: FoundArtifact | undefined;
}

function stageAsJson({ name, record, artifact }: ShownStage): unknown {
  const stage = record.stages[name]!;
  return {
    ...stage,
    warnings: stage.warnings ?? [],
    path: artifact?.path ?? null,
    params: record.parameters[name] ?? {},
  };
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
    ...yamlUnder('params', params).split('\n'),
  ]
    .map((line, index) => (index === 0 ? line : `  ${line}`))
    .join('\n');
}

/** The error, the last lines that the stage printed, and where the others are. */
function failureLines({ error, output, log }: StageRecord, logs: string, style: Style): string[] {
  return [
    ...(error === undefined ? [] : [style.red(error)]),
    ...(output ?? []).map((line) => style.dim(`│ ${line}`)),
    ...(log === undefined ? [] : [`log ${join(logs, log)}`]),
  ];
}

function stageText({ name, record, artifact }: ShownStage, logs: string, style: Style): string {
  const stage = record.stages[name]!;
  const state = stage.state === 'executed' ? `executed in ${durationText(stage.seconds)}` : stage.state;
  const gone = `its artifact ${stage.kind}/${stage.key ?? ''} is no longer in the store`;
  const lines = [
    ...yamlUnder('with', record.parameters[name] ?? {}).split('\n'),
    ...(stage.key ? [artifact ? (artifact.path ?? NOT_HERE) : style.yellow(gone)] : []),
    ...(stage.digest === null ? [] : [`digest ${stage.digest.slice(0, 16)}`]),
    ...failureLines(stage, logs, style),
    ...metricsTable(stage.metrics).split('\n'),
    ...(stage.warnings ?? []).flatMap((warning) => warningText(warning, style).split('\n')),
  ].filter((line) => line !== '');
  const title = `${style.bold(name)}  ${style.dim(stage.kind)}  ${state}`;
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}
