/** Judges whether executing a stage again gave the recorded result. */
import type { Manifest } from '../store/manifest.ts';
import type { StageRecord } from './record.ts';

/** One more execution of a stage. */
export type Attempt =
  | { readonly state: 'made'; readonly manifest: Manifest; readonly threads: number }
  | { readonly state: 'failed'; readonly error: string; readonly threads: number };

export interface Agreement {
  readonly stage: string;
  /**
   * `agrees`: the recorded bytes. `differs`: other bytes for the same key. `changed`: another key, so that other bytes
   * are expected. `unstable`: the new executions differ from each other.
   */
  readonly verdict: 'agrees' | 'differs' | 'changed' | 'unstable' | 'failed';
  readonly recorded: { readonly key: string; readonly digest: string };
  /** One for each execution, in their order; null for a failed one. */
  readonly digests: readonly (string | null)[];
  readonly threads: readonly number[];
  readonly key: string | null;
  /** Files in which executions differ from each other, or from the recorded artifact if it is in the store. */
  readonly files: readonly string[];
  readonly error: string | null;
}

/** `original` is the manifest of the recorded artifact, if it is still in the store. */
export function judge(
  stage: string,
  { key, digest }: StageRecord,
  original: Manifest | undefined,
  attempts: readonly Attempt[],
): Agreement {
  const recorded = { key: key!, digest: digest! };
  const made = attempts.flatMap((attempt) => (attempt.state === 'made' ? [attempt.manifest] : []));
  const failed = attempts.find((attempt) => attempt.state === 'failed');
  const different = made.some((one) => one.digest !== made[0]!.digest);
  const [first] = made;
  const comparable = original && first && original.digest !== first.digest ? [original] : [];
  return {
    stage,
    recorded,
    verdict: failed ? 'failed' : different ? 'unstable' : verdictOf(recorded, first!),
    digests: attempts.map((attempt) => (attempt.state === 'made' ? attempt.manifest.digest : null)),
    threads: attempts.map(({ threads }) => threads),
    key: first?.key ?? null,
    files: differingFiles([...comparable, ...made]),
    error: failed?.error ?? null,
  };
}

function verdictOf(recorded: Agreement['recorded'], { key, digest }: Manifest): Agreement['verdict'] {
  if (digest === recorded.digest) return 'agrees';
  return key === recorded.key ? 'differs' : 'changed';
}

/** Paths whose content is not the same in all manifests. */
function differingFiles(manifests: readonly Manifest[]): string[] {
  const contents = manifests.map(
    ({ files }) => new Map(files.map((file) => [file.path, file.logical ?? file.sha256])),
  );
  const paths = [...new Set(contents.flatMap((content) => [...content.keys()]))].sort();
  return paths.filter((path) => contents.some((content) => content.get(path) !== contents[0]!.get(path)));
}
