/** `pipeline verify --remote`: reads every byte of the remote store, and removes what is damaged. */
import { monotonic } from '../../base/clock.ts';
import { numberText } from '../../base/number-text.ts';
import { readRun } from '../../history/find.ts';
import { artifactsOf } from '../../history/references.ts';
import { receiveRecords } from '../../history/remote-runs.ts';
import type { ConfigFlags } from '../../session.ts';
import { removeAll } from '../../store/remote/inventory.ts';
import { verifyRemote, type CheckedRemote } from '../../store/remote/verify.ts';
import { printJson, printResult, styleFor, useColor } from '../render/output.ts';
import { bytesText, durationText } from '../render/text.ts';
import { asFailure, remoteStores } from './stores.ts';
import type { VerifyOptions } from './verify.ts';

export async function verifyRemoteCommand(
  runs: readonly string[],
  options: VerifyOptions & ConfigFlags,
): Promise<number> {
  const { remote, layout } = await remoteStores(options);
  const started = monotonic();
  const keep = options.keep === true || remote.settings.mode === 'read';
  const checked = await asFailure(remote.settings.address, async () => {
    const objects = await remote.objects();
    const theirs = runs.length === 0 ? layout : await receiveRecords(objects, layout);
    const wanted =
      runs.length === 0 ? undefined : new Set(runs.flatMap((run) => artifactsOf(readRun(theirs, run))));
    const found = await verifyRemote(objects, { signer: remote.signer, wanted });
    if (!keep) await removeAll(objects, [...new Set(found.damaged.flatMap(({ names }) => names))]);
    return found;
  });
  const seconds = (monotonic() - started) / 1000;
  if (options.json) printJson({ ...checked, removed: !keep, seconds });
  else printResult(checkedText(checked, keep, seconds));
  return checked.damaged.length > 0 ? 1 : 0;
}

function checkedText(
  { artifacts, files, bytes, damaged }: CheckedRemote,
  keep: boolean,
  seconds: number,
): string {
  const style = styleFor(useColor('stdout'));
  const lines = damaged.map(({ artifact, faults }) =>
    [`${style.red('damaged')} ${artifact}`, ...faults.map((fault) => `  ${fault}`)].join('\n'),
  );
  const count = `${numberText(artifacts)} artifacts, ${numberText(files)} files, ${bytesText(bytes)}`;
  const verdict = damaged.length === 0 ? 'no damage' : `${damaged.length} damaged`;
  const isRemoved = !keep && damaged.some(({ names }) => names.length > 0);
  const after = isRemoved ? ['Removed. The next run that needs them makes them again.'] : [];
  return [...lines, `${count}: ${verdict} (${durationText(seconds)})`, ...after].join('\n');
}
