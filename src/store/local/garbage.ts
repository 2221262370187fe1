/** Decides which artifacts may go, from what is stored and what refers to it. It reads and removes nothing. */
import type { StoredArtifact } from './inventory.ts';

export interface ArtifactUse {
  readonly artifact: StoredArtifact;
  readonly bytes: number;
  /** Seconds that making it took. */
  readonly seconds: number;
  /** When it was made or a run last used it; milliseconds since the epoch. */
  readonly lastUsed: number;
  /** Some run refers to it. */
  readonly referenced: boolean;
  /** A run to keep refers to it, or it is a spec's current result. */
  readonly kept: boolean;
  /** A tagged run refers to it, a named spec wants it, or a process uses it: it always stays. */
  readonly pinned: boolean;
}

/** Ages in seconds, sizes in bytes. */
export interface Policy {
  /** Only the runs to keep protect what they refer to; otherwise every run does. */
  readonly keepRuns: boolean;
  /** An artifact that no run refers to stays until it is this old: its run may have been killed before its record. */
  readonly grace: number;
  /** Artifacts that were not used for this long go although runs refer to them. */
  readonly olderThan: number | undefined;
  /** Smaller ones stay. */
  readonly largerThan: number;
  /** The rest may take this much. */
  readonly maxSize: number | undefined;
}

export interface Garbage {
  readonly use: ArtifactUse;
  readonly why: string;
}

export function garbageOf(uses: readonly ArtifactUse[], policy: Policy, now: number): Garbage[] {
  const age = ({ lastUsed }: ArtifactUse): number => (now - lastUsed) / 1000;
  const free = uses.filter(({ pinned, bytes }) => !pinned && bytes >= policy.largerThan);
  const garbage = free.flatMap((use): Garbage[] => {
    if (!use.referenced) return age(use) >= policy.grace ? [{ use, why: 'no run refers to it' }] : [];
    if (policy.keepRuns && !use.kept) return [{ use, why: 'none of the runs to keep refers to it' }];
    const old = policy.olderThan !== undefined && age(use) >= policy.olderThan;
    return old && !use.kept ? [{ use, why: `not used since ${day(use.lastUsed)}` }] : [];
  });
  return [...garbage, ...overQuota(uses, free, garbage, policy, now)];
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

/**
 * The cheapest to lose, until the rest fits: artifacts that are long unused, large, and quick to make go first
 * (hours unused × bytes per second of making).
 */
function overQuota(
  uses: readonly ArtifactUse[],
  free: readonly ArtifactUse[],
  gone: readonly Garbage[],
  { maxSize }: Policy,
  now: number,
): Garbage[] {
  if (maxSize === undefined) return [];
  const going = new Set(gone.map(({ use }) => use));
  let size = uses.reduce((sum, use) => sum + (going.has(use) ? 0 : use.bytes), 0);
  const hours = ({ lastUsed }: ArtifactUse): number => 1 + Math.max(0, now - lastUsed) / 3_600_000;
  const worth = (use: ArtifactUse): number => (hours(use) * use.bytes) / (use.seconds + 1);
  const candidates = free
    .filter((use) => !going.has(use) && !use.kept && use.bytes > 0)
    .sort((a, b) => worth(b) - worth(a));
  const garbage: Garbage[] = [];
  for (const use of candidates) {
    if (size <= maxSize) break;
    size -= use.bytes;
    garbage.push({ use, why: 'the store is larger than --max-size' });
  }
  return garbage;
}
