/** The view of one artifact: its manifest, where it is used, and why it was made. */
import type { Key } from '../../../base/hash.ts';
import { readRunRecord, runIds, type RunRecord } from '../../../history/record.ts';
import type { StoreLayout } from '../../../store/layout.ts';
import { findWhole, type Store } from '../../../store/store.ts';
import type { ArtifactView, InputView } from '../../views/artifact-view.ts';
import { whyMade, type Use } from './why.ts';

/** Records that are searched for runs with the artifact, latest first. */
const RECORDS = 300;
const MOST_USES = 20;

/** Undefined if the store does not have it. */
export async function artifactView(
  layout: StoreLayout,
  store: Store,
  kind: string,
  key: Key,
): Promise<ArtifactView | undefined> {
  const found = await findWhole(store, kind, key);
  if (!found) return undefined;
  const { manifest } = found;
  const { keyDocument, producer } = manifest;
  const records = recordsOf(layout);
  const uses = records.flatMap((record): Use[] =>
    Object.entries(record.stages)
      .filter(([, stage]) => stage.key === key && stage.kind === kind)
      .map(([stage]) => ({ record, stage })),
  );
  return {
    kind,
    type: manifest.type,
    key,
    digest: manifest.digest,
    headline: manifest.headline,
    metrics: manifest.metrics,
    warnings: manifest.warnings ?? [],
    files: manifest.files.map(({ path, size, sha256 }) => ({ path, size, sha256 })),
    made: {
      started: producer.started,
      seconds: producer.seconds,
      threads: producer.threads,
      peakMemoryBytes: producer.peakMemoryBytes,
      kernels: producer.kernels ?? [],
      version: producer.version,
      node: producer.node,
      platform: producer.platform,
    },
    keyDocument: {
      code: keyDocument.code,
      parameters: keyDocument.parameters,
      inputs: keyDocument.inputs,
      engine: keyDocument.engine,
      libraries: keyDocument.libraries,
    },
    inputs: uses[0] ? inputsOf(uses[0]) : [],
    uses: uses.slice(0, MOST_USES).map(({ record, stage }) => ({
      run: record.id,
      spec: record.spec.name,
      stage,
      executed: record.stages[stage]!.state === 'executed',
    })),
    used: uses.length,
    why: await whyMade(layout, store, manifest, uses, records),
  };
}

function recordsOf(layout: StoreLayout): RunRecord[] {
  return runIds(layout)
    .slice(0, RECORDS)
    .flatMap((id) => readRunRecord(layout, id) ?? []);
}

function inputsOf({ record, stage }: Use): InputView[] {
  const inputs = record.resolved?.stages.find(({ name }) => name === stage)?.inputs ?? {};
  return Object.entries(inputs).flatMap(([slot, names]) =>
    names.flatMap((name): InputView[] => {
      const { kind, key } = record.stages[name] ?? {};
      return kind !== undefined && key ? [{ slot, stage: name, kind, key }] : [];
    }),
  );
}
