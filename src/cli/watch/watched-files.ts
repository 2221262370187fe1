/**
 * What `run --watch` looks at: the spec and its bases, the files and folders that its stages read, the sources of its
 * kinds. By polling their metadata: that sees what an editor saves by renaming, and works on every file system.
 */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { monotonic, sleep } from '../../base/clock.ts';
import { isOutside } from '../../plan/external-paths.ts';
import { openSession, type SpecOptions } from '../../session.ts';
import type { Spec } from '../../spec/spec.ts';
import { filesOfSpec } from '../../spec/editor/files.ts';
import { metadataOf } from '../../store/external.ts';

const POLL_MS = 200;
/** A change is over when nothing has changed for so long: editors write in several steps. */
const SETTLED_MS = 300;
/** Looking may take at most this part of the time. */
const SHARE = 0.1;

export interface Watched {
  /** Resolves at the first change since the last look, when it is over. Rejects where `signal` is aborted. */
  changed(signal: AbortSignal): Promise<void>;
}

/** Begins to look. `before` gives the files that an earlier state of the spec read, in case that this one is broken. */
export async function watchFiles(
  file: string,
  options: SpecOptions,
  before: ReadonlySet<string>,
): Promise<Watched & { readonly patterns: ReadonlySet<string> }> {
  const patterns = new Set([
    ...filesOfSpec(file),
    ...(options.params === undefined ? [] : [resolve(options.params)]),
    ...(await patternsOf(file, options, before)),
  ]);
  let seen = await look(patterns);
  return {
    patterns,
    async changed(signal): Promise<void> {
      for (let pause = POLL_MS; ;) {
        await sleep(pause, signal);
        const started = monotonic();
        let now = await look(patterns);
        pause = Math.max(POLL_MS, (monotonic() - started) / SHARE);
        if (now === seen) continue;
        for (let last = seen; now !== last;) {
          last = now;
          await sleep(SETTLED_MS, signal);
          now = await look(patterns);
        }
        seen = now;
        return;
      }
    },
  };
}

async function patternsOf(
  file: string,
  options: SpecOptions,
  before: ReadonlySet<string>,
): Promise<Iterable<string>> {
  try {
    return readBy((await openSession(file, options)).spec);
  } catch {
    // The run says what is wrong with it.
    return before;
  }
}

function readBy({ stages }: Spec): string[] {
  return stages.flatMap(({ paths, kind }) => [
    ...paths.filter(isOutside).map(({ value }) => value),
    ...(kind.file === undefined
      ? []
      : Object.keys(kind.sources ?? {}).map((source) => resolve(dirname(kind.file!), source))),
  ]);
}

/** Equal as long as nothing has changed. */
async function look(patterns: ReadonlySet<string>): Promise<string> {
  const states: string[] = [];
  for (const pattern of patterns) {
    try {
      states.push(await metadataOf(pattern));
    } catch {
      // Removed between two looks, or not readable: that is a state, too.
      states.push(statSync(pattern, { throwIfNoEntry: false }) ? 'unreadable' : 'missing');
    }
  }
  return states.join('\n');
}
