/** What `push` and `pull` are about: the artifacts of specs and runs. */
import { existsSync } from 'node:fs';
import { readRun } from '../../history/find.ts';
import { readRunRecord, runIds, type RunRecord } from '../../history/record.ts';
import { currentPlan, type ConfigFlags } from '../../session.ts';
import type { Key } from '../../base/hash.ts';
import type { StoreLayout } from '../../store/layout.ts';
import { openSpec } from './open-spec.ts';
import { meansRun } from './show.ts';

export interface ArtifactName {
  readonly kind: string;
  readonly key: Key;
}

export interface Target {
  readonly artifacts: readonly ArtifactName[];
  /** Ids of runs whose records belong to it. */
  readonly runs: readonly string[];
}

/** `recordOf` finds the record of a run by its id, tag or `latest`. */
export async function targetOf(
  target: string,
  options: ConfigFlags,
  layout: StoreLayout,
  recordOf: (run: string) => RunRecord | Promise<RunRecord> = (run) => readRun(layout, run),
): Promise<Target> {
  if (meansRun(target, existsSync(target))) {
    const record = await recordOf(target);
    return { artifacts: artifactsIn(record), runs: [record.id] };
  }
  const session = await openSpec(target, options);
  const { entries } = await currentPlan(session).finally(() => session.remote?.close());
  return {
    artifacts: entries.flatMap(({ plan }) => (plan.state === 'cached' ? [plan.artifact.manifest] : [])),
    runs: runIds(layout).filter((id) => readRunRecord(layout, id)?.spec.name === session.spec.name),
  };
}

function artifactsIn({ stages }: RunRecord): ArtifactName[] {
  return Object.values(stages).flatMap(({ kind, key }) => (key === null ? [] : [{ kind, key }]));
}

export function distinctNames(all: readonly ArtifactName[]): readonly ArtifactName[] {
  return [...new Map(all.map((one) => [`${one.kind}/${one.key}`, one])).values()];
}
