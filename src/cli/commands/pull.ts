/** `pipeline pull`: fetches artifacts and records from the remote store, so that they are here without it. */
import { atMost } from '../../base/at-most.ts';
import { PipelineError } from '../../base/diagnostic.ts';
import { digestOf } from '../../base/hash.ts';
import { findRun, readRun } from '../../history/find.ts';
import { readRunRecord, writeRunRecord, type RunRecord } from '../../history/record.ts';
import { receiveRecords } from '../../history/remote-runs.ts';
import type { StoreLayout } from '../../store/layout.ts';
import { localStore } from '../../store/local/local-store.ts';
import { beginUse } from '../../store/local/use.ts';
import { removeAbandonedWork } from '../../store/local/work.ts';
import { bytesOf } from '../../store/remote/uploads.ts';
import { PROBE } from '../../store/remote/names.ts';
import type { Remote } from '../../store/remote/remote.ts';
import type { Artifact, Store } from '../../store/store.ts';
import { printJson, printResult } from '../render/output.ts';
import { bytesText } from '../render/text.ts';
import type { PushOptions } from './push.ts';
import { asFailure, remoteStores } from './stores.ts';
import { distinctNames, targetOf, type ArtifactName } from './targets.ts';

const AT_ONCE = 4;

export async function pullCommand(targets: readonly string[], options: PushOptions): Promise<number> {
  const { layout, store, remote } = await remoteStores(options);
  // Of a pull that was interrupted: on a machine where nothing is executed, nobody else removes it.
  removeAbandonedWork(layout);
  const use = beginUse(layout);
  try {
    const recordOf = (run: string): Promise<RunRecord> => recordHereOrThere(run, layout, remote);
    const all = await Promise.all(targets.map((target) => targetOf(target, options, layout, recordOf)));
    const wanted = distinctNames(all.flatMap(({ artifacts }) => artifacts));
    // Where nothing is known to fetch, the remote store may just be out of reach.
    if (wanted.length === 0) await asFailure(remote.settings.address, () => reach(remote));
    for (const { kind, key } of wanted) use.add(kind, key);
    const pulled = await pullAll(wanted, layout, store);
    const fetched = pulled.filter((one) => one !== 'here' && one !== 'missing') as readonly Artifact[];
    const bytes = fetched.reduce((sum, artifact) => sum + bytesOf(artifact), 0);
    const here = pulled.filter((one) => one === 'here').length;
    const missing = pulled.filter((one) => one === 'missing').length;
    if (options.json)
      printJson({ remote: remote.settings.address, fetched: fetched.length, here, missing, bytes });
    else
      printResult(
        `${fetched.length} artifacts (${bytesText(bytes)}) fetched from ${remote.settings.address}, ${here} already here` +
          (missing > 0 ? `, ${missing} cannot be had` : ''),
      );
    return missing > 0 ? 1 : 0;
  } finally {
    remote.close();
    use.close();
  }
}

const REACH_MS = 30_000;

async function reach(remote: Remote): Promise<void> {
  const objects = await remote.objects();
  await objects.read(`${PROBE}${digestOf('nothing')}`, AbortSignal.timeout(REACH_MS));
}

async function pullAll(
  wanted: readonly ArtifactName[],
  layout: StoreLayout,
  store: Store,
): Promise<readonly (Artifact | 'here' | 'missing')[]> {
  const local = localStore(layout);
  const limit = atMost(AT_ONCE);
  return Promise.all(
    wanted.map(({ kind, key }) =>
      limit(async () =>
        (await local.fetch(kind, key)) ? 'here' : ((await store.fetch(kind, key)) ?? 'missing'),
      ),
    ),
  );
}

/** A record of another machine is kept here, so that `show`, `compare` and `query` know the run. */
async function recordHereOrThere(run: string, layout: StoreLayout, remote: Remote): Promise<RunRecord> {
  const here = recordIn(layout, run);
  if (here) return here;
  const theirs = await asFailure(remote.settings.address, async () =>
    receiveRecords(await remote.objects(), layout),
  );
  const record = readRun(theirs, run);
  writeRunRecord(layout, record);
  return record;
}

function recordIn(layout: StoreLayout, run: string): RunRecord | undefined {
  try {
    return readRunRecord(layout, findRun(layout, run));
  } catch (error) {
    if (error instanceof PipelineError) return undefined;
    throw error;
  }
}
