/** `pipeline push`: uploads what the remote store lacks. */
import { atMost } from '../../base/at-most.ts';
import { PipelineError } from '../../base/diagnostic.ts';
import { runIds } from '../../history/record.ts';
import { sendRecords } from '../../history/remote-runs.ts';
import type { ConfigFlags } from '../../session.ts';
import { storedArtifacts } from '../../store/local/inventory.ts';
import { localStore } from '../../store/local/local-store.ts';
import { beginUse } from '../../store/local/use.ts';
import { RemoteFault } from '../../store/remote/objects/remote-fault.ts';
import type { Remote } from '../../store/remote/remote.ts';
import type { Sent } from '../../store/remote/send.ts';
import type { Artifact } from '../../store/store.ts';
import { printJson, printNotice, printResult } from '../render/output.ts';
import { bytesText } from '../render/text.ts';
import { asFailure, remoteStores } from './stores.ts';
import { distinctNames, targetOf, type ArtifactName, type Target } from './targets.ts';

export interface PushOptions extends ConfigFlags {
  readonly json?: boolean;
}

const AT_ONCE = 8;

export async function pushCommand(targets: readonly string[], options: PushOptions): Promise<number> {
  const { layout, remote } = await remoteStores(options);
  const url = remote.settings.address;
  if (remote.settings.mode === 'read')
    throw new PipelineError('E_USAGE', `the remote store ${url} is configured as read only`, {
      hint: 'Set `store.mode: read-write`, or PIPELINE_REMOTE_MODE=read-write.',
    });
  const use = beginUse(layout);
  try {
    const all: Target[] = await Promise.all(targets.map((target) => targetOf(target, options, layout)));
    if (targets.length === 0) all.push({ artifacts: [...storedArtifacts(layout)], runs: runIds(layout) });
    const wanted = distinctNames(all.flatMap(({ artifacts }) => artifacts));
    for (const { kind, key } of wanted) use.add(kind, key);
    const artifacts = await localOnes(wanted, layout);
    let bytes = 0;
    const onBytes = (more: number): void => void (bytes += more);
    const outcomes = await asFailure(url, () => sendAll(artifacts, remote, onBytes));
    const runs = [...new Set(all.flatMap((target) => target.runs))];
    await asFailure(url, async () => sendRecords(await remote.objects(), layout, runs));
    const count = (state: Sent | 'damaged'): number => outcomes.filter((one) => one === state).length;
    const counts = { uploaded: count('sent'), there: count('there'), conflicts: count('conflict') };
    const damaged = count('damaged');
    if (options.json) printJson({ remote: url, ...counts, damaged, bytes, records: runs.length });
    else
      printResult(
        `${counts.uploaded} artifacts (${bytesText(bytes)}) uploaded to ${url}, ${counts.there} already there` +
          (counts.conflicts > 0 ? `, ${counts.conflicts} there with other bytes` : ''),
      );
    return damaged > 0 ? 1 : 0;
  } finally {
    remote.close();
    use.close();
  }
}

/** Those of which this machine has the files; a remote manifest alone has nothing to upload. */
async function localOnes(
  names: readonly ArtifactName[],
  layout: Parameters<typeof localStore>[0],
): Promise<readonly Artifact[]> {
  const local = localStore(layout);
  const found = await Promise.all(names.map(({ kind, key }) => local.fetch(kind, key)));
  return found.filter((artifact) => artifact !== undefined);
}

/** A damaged artifact of this machine does not keep the others from being uploaded. */
async function sendAll(
  artifacts: readonly Artifact[],
  remote: Remote,
  onBytes: (bytes: number) => void,
): Promise<readonly (Sent | 'damaged')[]> {
  const limit = atMost(AT_ONCE);
  return Promise.all(
    artifacts.map((artifact) =>
      limit(async () => {
        try {
          return await remote.send(artifact, { onBytes });
        } catch (error) {
          if (!(error instanceof RemoteFault) || error.kind !== 'changed') throw error;
          printNotice(`warning: ${error.message}; it is not uploaded`);
          return 'damaged';
        }
      }),
    ),
  );
}
