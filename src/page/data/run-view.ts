/** The view of a run: its stages with how their artifacts were made, and the small files of these artifacts. */
import { reasonOf } from '../../base/system-error.ts';
import type { MadeView, RunView, StageView } from '../views/run-view.ts';
import { curveOf } from './curve.ts';
import { miningOf } from './mining.ts';
import { reportOf } from './report.ts';
import type { ShownRun, ShownStage } from './shown-run.ts';

export async function runView(run: ShownRun): Promise<RunView> {
  const { stages: shown, ...head } = run;
  const notes: string[] = [];
  const reports: RunView['reports'][number][] = [];
  const curves: RunView['curves'][number][] = [];
  const minings: RunView['minings'][number][] = [];
  const maps: string[] = [];
  const gone: string[] = [];
  for (const stage of shown) {
    if (stage.key !== null && !stage.manifest) gone.push(stage.name);
    const type = stage.manifest?.type;
    if (type === 'embeddings') maps.push(stage.name);
    if (type !== 'report' && type !== 'model' && type !== 'triplets') continue;
    try {
      const folder = (await stage.fetch())?.path;
      if (folder === undefined) continue;
      if (type === 'report') push(reports, reportOf(stage, folder));
      else if (type === 'model') push(curves, curveOf(stage, folder));
      else push(minings, miningOf(stage, folder));
    } catch (error) {
      notes.push(`The files of stage ${stage.name} cannot be read: ${reasonOf(error)}.`);
    }
  }
  if (gone.length > 0)
    notes.push(
      `The store no longer has the artifacts of ${gone.join(', ')}: only what the record says is shown.`,
    );
  return { ...head, stages: shown.map(stageView), reports, curves, minings, maps, notes };
}

function push<T>(list: T[], item: T | undefined): void {
  if (item !== undefined) list.push(item);
}

function stageView(stage: ShownStage): StageView {
  const { name, kind, state, inputs, parameters, key, digest, code, headline, metrics, manifest } = stage;
  return {
    name,
    kind,
    state,
    inputs,
    parameters,
    seconds: stage.seconds ?? manifest?.producer.seconds ?? null,
    key,
    digest,
    code,
    headline,
    metrics,
    warnings: stage.warnings ?? [],
    error: stage.error ?? null,
    output: stage.output ?? [],
    made: madeOf(stage),
  };
}

function madeOf({ manifest }: ShownStage): MadeView | null {
  if (!manifest) return null;
  const { producer, keyDocument, files } = manifest;
  const { started, seconds, threads, peakMemoryBytes, kernels = [], version, node, platform } = producer;
  return {
    started,
    seconds,
    threads,
    peakMemoryBytes,
    kernels,
    version,
    node,
    platform,
    engine: keyDocument.engine,
    libraries: keyDocument.libraries,
    files: files.map(({ path, size, sha256 }) => ({ path, size, sha256 })),
  };
}
