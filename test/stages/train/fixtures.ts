/** A world in which there is something to learn: a query and its document share a topic, and few words. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { random } from '../../../src/base/random.ts';
import { raggedFrom, row } from '../../../src/formats/ragged.ts';
import type { Tokens } from '../../../src/formats/tokens.ts';
import { writeTriplets, type TripletScores } from '../../../src/formats/triplets.ts';
import type { InputArtifact } from '../../../src/stage.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';
import { tokensArtifact, tokensOf, type SmallQuery } from '../../retrieval/fixtures.ts';

const TOPICS = 12;
const QUERIES = 96;
const DOCUMENTS = 48;

export interface World {
  readonly tokens: Tokens;
  readonly inputs: Readonly<Record<'tokens' | 'triplets', InputArtifact>>;
}

export interface WorldOptions {
  readonly negatives?: number;
  readonly scores?: boolean;
  /** Token ids that test queries are made of instead of their own. */
  readonly testIds?: readonly number[];
  /** Only so many words are frequent enough for models. */
  readonly knownWords?: number;
  /** Takes the triplets from this split. */
  readonly split?: string;
}

/** 72 training, 12 validation and 12 test queries over 48 documents; query q and document d have topics mod 12. */
export function makeWorld({
  negatives = 1,
  scores,
  testIds,
  knownWords,
  split = 'train',
}: WorldOptions = {}): World {
  const source = random(7, 'world');
  const words = (kind: string, topic: number, count: number): string =>
    Array.from({ length: count }, () => `${kind}${topic}x${source.integer(4)}`).join(' ');
  const documents = Array.from({ length: DOCUMENTS }, (_, d) =>
    d === 5 ? '' : `${words('d', d % TOPICS, 2 + source.integer(9))} filler${source.integer(9)}`,
  );
  const queries = Array.from({ length: QUERIES }, (_, q): SmallQuery => {
    const part = ['train', 'train', 'train', 'validation', 'train', 'train', 'test', 'train'][
      Math.floor(q / TOPICS)
    ]!;
    const text = words('q', q % TOPICS, 1 + source.integer(4));
    return {
      text,
      split: part,
      relevant: Object.fromEntries(ofTopic(q % TOPICS).map((document) => [document, 1])),
    };
  });
  const all = withTestQueries(tokensOf(documents, queries), testIds);
  const tokens = {
    ...all,
    config: { ...all.config, model_vocabulary: knownWords ?? all.config.model_vocabulary },
  };
  const chosen = queries.flatMap((query, id) =>
    query.split === split ? ofTopic(id % TOPICS).map((positive) => ({ id, positive })) : [],
  );
  const others = chosen.flatMap(({ id }) =>
    Array.from({ length: negatives }, () => (id + 1 + source.integer(TOPICS - 1)) % TOPICS),
  );
  const given: TripletScores = {
    scorer: 'bm25',
    positive: Float32Array.from(chosen, () => 1),
    negatives: Float32Array.from(others, () => 0.25),
  };
  const folder = temporaryFolder();
  writeTriplets(folder, {
    query: Uint32Array.from(chosen, ({ id }) => id),
    positive: Uint32Array.from(chosen, ({ positive }) => positive),
    negatives: Uint32Array.from(others),
    negativesPerTriplet: negatives,
    source: new Uint8Array(others.length),
    sources: ['random'],
    ...(scores ? { scores: given } : {}),
  });
  const triplets = { type: 'triplets', stage: 'triplets', path: folder, digest: '', metrics: {} };
  return { tokens, inputs: { tokens: tokensArtifact(tokens), triplets } };
}

const ofTopic = (topic: number): number[] =>
  Array.from({ length: DOCUMENTS / TOPICS }, (_, i) => topic + TOPICS * i);

function withTestQueries(tokens: Tokens, ids: readonly number[] | undefined): Tokens {
  if (!ids) return tokens;
  const test = tokens.config.splits.indexOf('test');
  const rows = Array.from(tokens.querySplit, (split, query) =>
    split === test ? ids : row(tokens.queries, query),
  );
  return { ...tokens, queries: raggedFrom(rows) };
}

/** File name → SHA-256. */
export function digestsOf({ path }: InputArtifact): Record<string, string> {
  return Object.fromEntries(
    readdirSync(path)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(path, name)))
          .digest('hex'),
      ]),
  );
}

export interface HistoryLine {
  readonly phase?: number;
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  readonly losses?: readonly number[];
  readonly learning_rate: number;
  readonly validation: { readonly 'mrr@10': number } | null;
}

export function historyOf({ path }: InputArtifact): HistoryLine[] {
  return readFileSync(join(path, 'history.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as HistoryLine);
}
