/** The end of a command that made artifacts: it waits for their uploads, or says what is still to go. */
import { newRunId, runIds } from '../../history/record.ts';
import { sendRecords } from '../../history/remote-runs.ts';
import type { StoreLayout } from '../../store/layout.ts';
import { RemoteFault } from '../../store/remote/objects/remote-fault.ts';
import type { Remote } from '../../store/remote/remote.ts';
import { printNotice } from '../render/output.ts';
import { bytesText } from '../render/text.ts';

/** A shorter wait is not worth a line. */
const SILENT_MS = 1_000;
const EVERY_MS = 10_000;

export interface Finishing {
  readonly stop: AbortSignal;
  readonly layout: StoreLayout;
  /** When the command began: the records of runs since then are uploaded too. */
  readonly since: string;
  readonly spec: string;
}

export async function finishUploads(
  remote: Remote | undefined,
  { stop, layout, since, spec }: Finishing,
): Promise<void> {
  if (!remote) return;
  const { settings } = remote;
  const tell = (): void => {
    const { artifacts, bytes } = remote.pending();
    if (artifacts > 0)
      printNotice(
        `uploading ${count(artifacts)}, ${bytesText(bytes)}, to ${settings.address} (Ctrl-C: later)`,
      );
  };
  const first = setTimeout(tell, SILENT_MS);
  const again = setInterval(tell, EVERY_MS);
  try {
    await remote.settle(stop);
  } finally {
    clearTimeout(first);
    clearInterval(again);
  }
  if (remote.takesUploads && !stop.aborted) await uploadRecords(remote, layout, since);
  const { artifacts, bytes } = remote.pending();
  if (artifacts > 0)
    printNotice(
      `${count(artifacts)}, ${bytesText(bytes)}, not uploaded to ${settings.address}. Later: pipeline push ${spec}`,
    );
}

async function uploadRecords(remote: Remote, layout: StoreLayout, since: string): Promise<void> {
  // Ids begin with the second in which the run began.
  const from = newRunId(since).slice(0, 16);
  const ids = runIds(layout).filter((id) => id >= from);
  if (ids.length === 0) return;
  try {
    await sendRecords(await remote.objects(), layout, ids);
  } catch (error) {
    if (!(error instanceof RemoteFault)) throw error;
    printNotice(`the record of the run is not uploaded: ${error.message}`);
  }
}

function count(artifacts: number): string {
  return `${artifacts} artifact${artifacts === 1 ? '' : 's'}`;
}
