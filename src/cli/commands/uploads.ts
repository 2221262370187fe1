/** The end of a command that made artifacts: it waits for their uploads, or says what is still to go. */
import type { Remote } from '../../store/remote/remote.ts';
import { printNotice } from '../render/output.ts';
import { bytesText } from '../render/text.ts';

/** A shorter wait is not worth a line. */
const SILENT_MS = 1_000;
const EVERY_MS = 10_000;

export async function finishUploads(
  remote: Remote | undefined,
  stop: AbortSignal,
  spec: string,
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
  const { artifacts, bytes } = remote.pending();
  if (artifacts > 0)
    printNotice(
      `${count(artifacts)}, ${bytesText(bytes)}, not uploaded to ${settings.address}. Later: pipeline push ${spec}`,
    );
}

function count(artifacts: number): string {
  return `${artifacts} artifact${artifacts === 1 ? '' : 's'}`;
}
