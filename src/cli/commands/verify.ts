import { numberText } from '../../base/number-text.ts';
import { monotonic } from '../../base/clock.ts';
import { PipelineError } from '../../base/diagnostic.ts';
import { reasonOf } from '../../base/system-error.ts';
import { readRun } from '../../history/find.ts';
import { readRunRecord, runFile, runIds } from '../../history/record.ts';
import { artifactsOf } from '../../history/references.ts';
import { artifactBytes, storedArtifacts, type StoredArtifact } from '../../store/local/inventory.ts';
import type { StoreLayout } from '../../store/layout.ts';
import { checkedDownloads, faultsOf, quarantine, quarantineDownload } from '../../store/local/verify.ts';
import { isTerminal, printJson, printNotice, printResult, styleFor, useColor } from '../render/output.ts';
import { openStore } from '../../session.ts';
import { bytesText, durationText } from '../render/text.ts';

export interface VerifyOptions {
  readonly store?: string;
  readonly keep?: boolean;
  readonly json?: boolean;
}

interface Damage {
  readonly what: 'artifact' | 'download' | 'record';
  readonly path: string;
  readonly faults: readonly string[];
  /** Where it was moved; null where it was left in place. */
  readonly moved: string | null;
}

interface Checked {
  readonly artifacts: number;
  readonly files: number;
  readonly bytes: number;
  readonly damaged: readonly Damage[];
}

/** `pipeline verify`: reads every byte and moves damaged artifacts aside; the next run makes them again. */
export function verifyCommand(runs: readonly string[], options: VerifyOptions): number {
  const layout = openStore(options);
  const started = monotonic();
  const chosen = chosenArtifacts(layout, runs);
  const progress = progressNotices(chosen.reduce((sum, artifact) => sum + artifactBytes(artifact), 0));
  const checked = check(layout, chosen, options.keep === true, runs.length === 0, progress);
  const seconds = (monotonic() - started) / 1000;
  if (options.json) printJson({ ...checked, seconds });
  else printResult(checkedText(checked, seconds));
  return checked.damaged.length > 0 ? 1 : 0;
}

function chosenArtifacts(layout: StoreLayout, runs: readonly string[]): StoredArtifact[] {
  const all = [...storedArtifacts(layout)];
  if (runs.length === 0) return all;
  const wanted = new Set(runs.flatMap((run) => artifactsOf(readRun(layout, run))));
  return all.filter(({ kind, key }) => wanted.has(`${kind}/${key}`));
}

function check(
  layout: StoreLayout,
  artifacts: readonly StoredArtifact[],
  keep: boolean,
  whole: boolean,
  progress: (bytes: number) => void,
): Checked {
  const damaged: Damage[] = [];
  let [files, bytes] = [0, 0];
  const onFile = (size: number): void => {
    files += 1;
    bytes += size;
    progress(size);
  };
  for (const artifact of artifacts) {
    const faults = faultsOf(artifact, onFile);
    if (faults.length === 0) continue;
    const moved = keep ? null : (aside(() => quarantine(layout, artifact)) ?? null);
    damaged.push({ what: 'artifact', path: artifact.path, faults, moved });
  }
  if (whole) {
    for (const download of checkedDownloads(layout)) {
      onFile(download.bytes);
      if (download.fault === undefined) continue;
      const moved = keep ? null : aside(() => quarantineDownload(layout, download));
      damaged.push({ what: 'download', path: download.path, faults: [download.fault], moved });
    }
    for (const id of runIds(layout))
      if (!readRunRecord(layout, id))
        damaged.push({
          what: 'record',
          path: runFile(layout, id),
          faults: ['it is not a valid run record'],
          moved: null,
        });
  }
  return { artifacts: artifacts.length, files, bytes, damaged };
}

/** Throws `E_STORE` if the damaged artifact cannot be moved. */
function aside<T>(move: () => T): T {
  try {
    return move();
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    throw new PipelineError('E_STORE', `a damaged artifact cannot be moved aside: ${reasonOf(error)}`, {
      hint: 'Use --keep to only report damage, for example in a read-only store.',
    });
  }
}

const NOTICE_EVERY_MS = 2_000;

/** Prints the progress every few seconds on a terminal. */
function progressNotices(total: number): (bytes: number) => void {
  if (!isTerminal('stderr')) return () => undefined;
  let done = 0;
  let shown = monotonic();
  return (bytes) => {
    done += bytes;
    if (monotonic() - shown < NOTICE_EVERY_MS) return;
    shown = monotonic();
    printNotice(`${bytesText(done)} of ${bytesText(total)}`);
  };
}

function checkedText({ artifacts, files, bytes, damaged }: Checked, seconds: number): string {
  const style = styleFor(useColor('stdout'));
  const lines = damaged.map(({ what, path, faults, moved }) =>
    [
      `${style.red('damaged')} ${what} ${path}`,
      ...faults.map((fault) => `  ${fault}`),
      ...(moved === null ? [] : [style.dim(`  moved to ${moved}`)]),
    ].join('\n'),
  );
  const count = `${numberText(artifacts)} artifacts, ${numberText(files)} files, ${bytesText(bytes)}`;
  const verdict = damaged.length === 0 ? 'no damage' : `${damaged.length} damaged`;
  const again = damaged.some(({ what, moved }) => what === 'artifact' && moved !== null)
    ? ['The next run that needs the damaged artifacts makes them again.']
    : [];
  return [...lines, `${count}: ${verdict} (${durationText(seconds)})`, ...again].join('\n');
}
