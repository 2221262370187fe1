import { describe, expect, it } from 'vitest';
import { row, rowCount } from '../../src/formats/ragged.ts';
import { openRetriever, type Answered, type Method, type Retriever } from '../../src/query/retriever.ts';
import type { Evaluation, Parts } from '../../src/query/parts.ts';
import { openSideBySide, type SideBySide, type SystemAnswer } from '../../src/query/side-by-side.ts';
import { stage as embed } from '../../stages/embed/kind.ts';
import { stage as index } from '../../stages/index/kind.ts';
import { stage as train } from '../../stages/train/kind.ts';
import { runKind, WASM } from '../helpers/run-kind.ts';
import { corpusArtifact } from '../stages/evaluate/fixtures.ts';
import { makeWorld } from '../stages/train/fixtures.ts';
import { folderArtifact, fusionConfig } from './fixtures.ts';

interface Setting {
  /** Dimensions of the lexical part. */
  readonly lexical?: number;
  readonly evaluation?: Evaluation;
  readonly method?: Method;
  /** Similarity of the index, if there is one. */
  readonly metric?: string;
}

/** The model knows few words of the documents. */
const KNOWN_WORDS = 12;

async function asked(
  { lexical = 0, evaluation, method, metric }: Setting,
  question: (unknownWord: string, knownWord: string) => string,
): Promise<
  Answered &
    Pick<Retriever, 'vectors'> & {
      readonly unknown: string;
      readonly withWord: string[];
      readonly parts: Parts;
    }
> {
  const { tokens, inputs } = makeWorld({ knownWords: KNOWN_WORDS });
  const { documents, vocabulary } = tokens;
  const texts = Array.from({ length: rowCount(documents) }, (_, document) =>
    Array.from(row(documents, document), (id) => vocabulary.tokens[id]!),
  );
  const corpus = await corpusArtifact(
    texts.map((words) => words.join(' ')),
    [],
  );
  const params = { encoder: { hidden: 8, pooling: 'mean' }, embeddings: { dimensions: 5 }, epochs: 1 };
  const model = (await runKind(train, { params, inputs })).artifact;
  const embedded = await runKind(embed, {
    params: { lexical: { dimensions: lexical, weight: 1 } },
    inputs: { tokens: inputs.tokens, model },
  });
  const indexed =
    metric === undefined
      ? undefined
      : await runKind(index, { params: { metric }, inputs: { embeddings: embedded.artifact } });
  const unknown = vocabulary.tokens[rowCount(documents)]!;
  const parts: Parts = {
    corpus: folderArtifact(corpus.path),
    tokens: folderArtifact(inputs.tokens.path),
    vectors: {
      model: folderArtifact(model.path),
      embeddings: folderArtifact(embedded.artifact.path),
      index: indexed && folderArtifact(indexed.artifact.path),
    },
    evaluation,
  };
  const retriever = await openRetriever(parts, { engine: WASM, threads: 1, method });
  try {
    const { vectors } = retriever;
    const answered = await retriever.answer(question(unknown, vocabulary.tokens[2]!), 3);
    const withWord = texts.flatMap((words, id) => (words.includes(unknown) ? [`d ${id}`] : []));
    return { ...answered, vectors, unknown, withWord, parts };
  } finally {
    retriever.close();
  }
}

const best = ({ results }: Answered): string => results[0]!.doc_id;

describe('embeddings with a lexical part', () => {
  it('find a word that the model does not know, and say nothing about it', async () => {
    const answered = await asked({ lexical: 256 }, (unknown) => unknown);
    expect(answered).toMatchObject({ method: 'model', unknown_words: [], notes: [] });
    expect(answered.withWord).toContain(best(answered));
  });

  it('say which words no document has', async () => {
    const { notes, unknown_words } = await asked({ lexical: 256 }, (unknown) => `${unknown} xylophone`);
    expect(unknown_words).toEqual(['xylophone']);
    expect(notes).toEqual(["The model does not know 'xylophone'."]);
  });

  it('leave a question to BM25 if neither they nor the model know a word of it', async () => {
    await expect(asked({ lexical: 256 }, () => 'xylophone')).rejects.toThrow(
      "neither the model nor any document knows a word of the question: 'xylophone'",
    );
  });
});

it('without a lexical part, BM25 answers for a model that knows no word', async () => {
  const answered = await asked({}, (unknown) => unknown);
  expect(answered).toMatchObject({ method: 'bm25', unknown_words: [answered.unknown] });
  expect(answered.notes.at(-1)).toMatch(/BM25 answers alone/);
  expect(answered.withWord).toContain(best(answered));
});

describe('by default', () => {
  const question = (unknown: string, known: string): string => `${known} ${unknown}`;

  it.each<[string, Method, Setting]>([
    ['a fusion answers', 'hybrid', {}],
    ['vectors that match words answer alone', 'model', { lexical: 64 }],
    ['vectors that were evaluated without a fusion answer alone', 'model', { evaluation: evaluated() }],
    ['the fusion of an evaluation answers', 'hybrid', { lexical: 64, evaluation: evaluated(0.3) }],
  ])('%s', async (_, method, setting) => {
    expect((await asked(setting, question)).method).toBe(method);
  });

  it('the weight of the evaluation decides', async () => {
    const answers = async (setting: Setting): Promise<string[]> =>
      (await asked(setting, question)).results.map(({ doc_id }) => doc_id);
    expect(await answers({ evaluation: evaluated(1) })).toEqual(await answers({ method: 'model' }));
    expect(await answers({ evaluation: evaluated(0) })).toEqual(
      await answers({ method: 'bm25', evaluation: evaluated(0) }),
    );
  });

  it('few documents are all compared, whether there is an index or not', async () => {
    expect((await asked({ metric: 'auto' }, question)).vectors!.isExact).toBe(true);
    expect((await asked({ metric: 'euclidean' }, question)).vectors!.isExact).toBe(false);
    expect((await asked({ method: 'bm25' }, question)).vectors).toBeUndefined();
  });
});

function evaluated(weight?: number): Evaluation {
  const fusion = weight === undefined ? undefined : fusionConfig(weight);
  return { fusion, bm25: fusion?.bm25 };
}

describe('all systems side by side', () => {
  const question = (unknown: string, known: string): string => `${known} ${unknown}`;
  const METHODS = { model: 'model', bm25: 'bm25', fused: 'hybrid' } as const;

  it.each([0, 256])('answer as each alone, with a lexical part of %i dimensions', async (lexical) => {
    const { unknown, parts } = await asked({ lexical }, question);
    const text = question(unknown, 'w2');
    const systems = await openSideBySide(parts, { engine: WASM, threads: 1, batch: 4, alwaysIndex: false });
    const ask = (one: string) => ({
      text: one,
      top: 3,
      systems: ['model', 'bm25', 'fused'] as const,
      texts: true,
    });
    // Encoded together with others, with new words of their own.
    const answers = await systems.answer([ask(`${unknown}s other`), ask(text), ask(''), ask(unknown)]);
    systems.close();
    expect(answers[2]).toMatchObject({ error: { code: 'E_INPUT' } });
    for (const [i, one] of [
      [1, text],
      [3, unknown],
    ] as const)
      for (const [system, method] of Object.entries(METHODS)) {
        const { results } = (answers[i] as SideBySide).systems[system as 'model'] ?? NO_ANSWER;
        const alone = await openRetriever(parts, { engine: WASM, threads: 1, method });
        const expected = await alone.answer(one, 3).catch(() => ({ results: [], method }));
        alone.close();
        // BM25 answers for a model that knows no word; side by side, it answers for itself.
        if (expected.method !== method) expect(results).toEqual([]);
        else
          expect(results.map(({ rank, doc_id, score, text }) => ({ rank, doc_id, score, text }))).toEqual(
            expected.results,
          );
      }
  });
});

const NO_ANSWER: SystemAnswer = { results: [], milliseconds: 0 };
