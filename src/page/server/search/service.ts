/** The searches that a server offers: which run answers, with its threads started when it is first asked. */
import { PipelineError } from '../../../base/diagnostic.ts';
import type { Parts } from '../../../query/parts.ts';
import type { Engine } from '../../../stage.ts';
import type { Artifact } from '../../../store/store.ts';
import { openPool, type SearchPool } from './pool.ts';
import type { SearchPort, SearchSetup } from './protocol.ts';

/** What answers: a recorded run, or the present results of a spec. */
export interface SearchTarget {
  /** Null for the present results of a spec. */
  readonly run: string | null;
  readonly spec: string;
  readonly parts: Parts;
  readonly engine: Engine | null;
}

export interface ServiceOptions {
  /** The target of a run's id, a tag or `latest`; of undefined, what the command named. */
  readonly find: (run: string | undefined) => Promise<SearchTarget>;
  readonly start: (setup: SearchSetup) => SearchPort;
  readonly threads: number;
  readonly batch: number;
  readonly alwaysIndex: boolean;
  readonly mostWaiting: number;
}

export interface OpenSearch {
  readonly target: SearchTarget;
  readonly pool: SearchPool;
}

export interface SearchService {
  /** Rejects with the reason where nothing can be searched. */
  open(run: string | undefined): Promise<OpenSearch>;
  close(): void;
}

/** Models stay loaded for this many targets; the one that was asked longest ago goes first. */
const MOST_OPEN = 2;

export function searchService(options: ServiceOptions): SearchService {
  const { find, start, threads, batch, alwaysIndex, mostWaiting } = options;
  const opened = new Map<string, Promise<OpenSearch>>();
  /** What the names meant; a name such as `latest` may mean another run by now, a run never changes. */
  const openTarget = (target: SearchTarget): Promise<OpenSearch> => {
    const { parts, engine } = target;
    const key = identity(target);
    const known = opened.get(key);
    opened.delete(key);
    const forget = (): void => {
      if (opened.get(key) === open) opened.delete(key);
    };
    const open =
      known ??
      openPool({
        start: () => start({ parts: slim(parts), engine, batch, alwaysIndex }),
        threads,
        batch,
        mostWaiting,
        onBroken: forget,
      }).then((pool) => ({ target, pool }));
    opened.set(key, open);
    open.catch(forget);
    for (const old of [...opened.keys()].slice(0, -MOST_OPEN)) {
      void opened.get(old)?.then(
        ({ pool }) => {
          pool.close();
        },
        () => undefined,
      );
      opened.delete(old);
    }
    return open;
  };
  let standard: Promise<OpenSearch> | undefined;
  return {
    async open(run) {
      if (run === undefined) {
        // What the command named is looked up once: every question without a run would pay for it.
        const asked = (standard ??= find(undefined).then(openTarget));
        const forget = (): void => {
          if (standard === asked) standard = undefined;
        };
        const open = await asked.catch((error: unknown) => {
          forget();
          throw error;
        });
        if (!open.pool.isBroken) return open;
        forget();
        return openTarget(open.target);
      }
      return openTarget(await find(run));
    },
    close: () => {
      for (const open of opened.values())
        open.then(
          ({ pool }) => {
            pool.close();
          },
          () => undefined,
        );
      opened.clear();
    },
  };
}

function identity({ parts: { corpus, tokens, vectors } }: SearchTarget): string {
  return [corpus, tokens, vectors?.embeddings, vectors?.index]
    .map((artifact) => artifact?.path ?? '')
    .join('\n');
}

/** Threads need the folders only; manifests of large artifacts would be copied to each. */
function slim({ corpus, tokens, vectors, evaluation }: Parts): Parts {
  const folder = ({ path }: Artifact): Artifact => ({ path, manifest: {} as Artifact['manifest'] });
  return {
    corpus: folder(corpus),
    tokens: tokens && folder(tokens),
    vectors: vectors && {
      model: folder(vectors.model),
      embeddings: folder(vectors.embeddings),
      index: vectors.index && folder(vectors.index),
    },
    evaluation,
  };
}

/** For a server without a store to search. */
export function nothingToSearch(): PipelineError {
  return new PipelineError('E_NOT_READY', 'no recorded run has anything to search', {
    hint: 'Run a spec with stages `uses: tokenize`, `train` and `embed` first.',
  });
}
