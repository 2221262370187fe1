import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/base/random.ts';
import { readVectors } from '../../../src/formats/vectors.ts';
import type { JsonObject } from '../../../src/stage.ts';
import { stage as tokenize } from '../../../stages/tokenize/kind.ts';
import { stage } from '../../../stages/word2vec/kind.ts';
import type { Neighbours } from '../../../stages/word2vec/neighbours.ts';
import { runKind, type KindRun } from '../../helpers/run-kind.ts';
import { smallCorpus, type SmallCorpus, type SmallQuery } from '../tokenize/corpus-fixture.ts';

/** Three topics with words of their own, and function words everywhere. */
const TOPICS = [
  ['fever', 'cough', 'headache', 'nausea', 'rash', 'fatigue'],
  ['aspirin', 'ibuprofen', 'penicillin', 'insulin', 'tablet', 'dose'],
  ['zebra', 'lion', 'giraffe', 'savanna', 'herd', 'stripes'],
];
const COMMON = ['the', 'of', 'and', 'is', 'with'];

function documents(count: number): string[] {
  const source = random(5, 'word2vec test');
  const pick = (words: readonly string[]): string => words[source.integer(words.length)]!;
  return Array.from({ length: count }, (_, i) => {
    const words = TOPICS[i % TOPICS.length]!;
    return Array.from({ length: 20 }, () => pick(source.integer(3) === 0 ? COMMON : words)).join(' ');
  });
}

const QUERIES: readonly SmallQuery[] = [
  ['train', 'fever and cough', [0]],
  ['test', 'zebra stripes', [2]],
];

const CORPUS: SmallCorpus = { documents: documents(600), queries: QUERIES };

async function train(
  params: JsonObject = {},
  { corpus = CORPUS, threads = 2 }: { corpus?: SmallCorpus; threads?: number } = {},
): Promise<KindRun & { bytes: string; words: readonly string[] }> {
  const tokens = await runKind(tokenize, { inputs: { corpus: await smallCorpus(corpus) } });
  const run = await runKind(stage, {
    params: { source: 'train', dimensions: 20, subsample: 0, ...params },
    inputs: { tokens: tokens.artifact },
    threads,
  });
  const vocabulary = readFileSync(join(tokens.artifact.path, 'vocabulary.tsv'), 'utf8');
  return {
    ...run,
    bytes: ['vectors.safetensors', 'neighbours.json']
      .map((file) => readFileSync(join(run.artifact.path, file), 'base64'))
      .join(),
    words: vocabulary.split('\n').map((line) => line.split('\t')[0]!),
  };
}

describe('skip-gram', () => {
  it('learns: the loss decreases, and words of a topic become neighbours', async () => {
    const run = await train({ epochs: 10, learning_rate: 0.05 });
    const losses = Array.from({ length: 10 }, (_, i) => run.metrics![`loss.epoch_${i + 1}`] as number);
    // Six sigmoid outputs at zero: −6 log ½.
    expect(losses[0]).toBeLessThan(6 * Math.log(2));
    expect(losses[9]).toBeLessThan(losses[0]!);
    expect(losses[9]).toBe(run.metrics!['loss']);
    const neighbours = JSON.parse(
      readFileSync(join(run.artifact.path, 'neighbours.json'), 'utf8'),
    ) as Neighbours;
    for (const topic of TOPICS) {
      for (const word of topic) {
        // Every word is in more than a tenth of the documents, so the report itself lists none of them.
        expect(neighbours[word]).toBeUndefined();
        expect(topic).toContain(nearest(run, word));
      }
    }
  });

  it('reports the neighbours of frequent words that are not too common', async () => {
    const filler = Array.from({ length: 3_000 }, () => 'other text that says nothing');
    const corpus = { documents: [...CORPUS.documents, ...filler], queries: QUERIES };
    const run = await train({ epochs: 15, learning_rate: 0.05 }, { corpus });
    const neighbours = JSON.parse(
      readFileSync(join(run.artifact.path, 'neighbours.json'), 'utf8'),
    ) as Neighbours;
    expect(Object.keys(neighbours)).toEqual(expect.arrayContaining(['fever', 'zebra', 'dose']));
    for (const topic of TOPICS) {
      for (const word of topic) {
        expect(neighbours[word], word).toHaveLength(5);
        expect(topic).toContain(neighbours[word]![0]!.word);
      }
    }
  });

  it('gives the same bytes again and at any number of threads, and others with another seed', async () => {
    const reference = await train();
    for (const threads of [1, 2, 3, 4, 8]) expect((await train({}, { threads })).bytes).toBe(reference.bytes);
    expect((await train({ seed: 1 })).bytes).not.toBe(reference.bytes);
  });

  it('never sees a query of the test split', async () => {
    const reference = await train();
    const changed = QUERIES.map(([split, text, ...rest]): SmallQuery =>
      split === 'test' ? [split, 'fever lion entirely new words', ...rest] : [split, text, ...rest],
    );
    const more: SmallQuery[] = [...changed, ['test', 'one more zebra zebra zebra', [1]]];
    expect((await train({}, { corpus: { ...CORPUS, queries: more } })).bytes).toBe(reference.bytes);
    // While one of the training split changes everything.
    const trained: SmallQuery[] = [['train', 'fever and lion', [0]], QUERIES[1]!];
    expect((await train({}, { corpus: { ...CORPUS, queries: trained } })).bytes).not.toBe(reference.bytes);
  });

  it('marks the trained words, and fills the others at random', async () => {
    const run = await train({ dimensions: 7 });
    const { rows, dimensions, known, data } = readVectors(run.artifact.path);
    expect(dimensions).toBe(7);
    expect(rows).toBe(run.words.indexOf(''));
    expect([...known.subarray(0, 2)]).toEqual([0, 0]);
    expect(known.subarray(2).every((one) => one === 1)).toBe(true);
    expect([...data.subarray(0, 7)]).toEqual(Array.from({ length: 7 }, () => 0));
    expect(data.subarray(7).every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
  });

  it('reports texts without words and an unknown split', async () => {
    const none: SmallCorpus = { documents: ['once only words'], queries: [] };
    await expect(train({}, { corpus: none })).rejects.toMatchObject({
      code: 'E_INPUT',
      message: 'there are no words to train on',
    });
    await expect(train({ splits: ['dev'] })).rejects.toMatchObject({
      code: 'E_INPUT',
      hint: 'The corpus has the splits train, test.',
    });
  });

  it('stops when it is aborted', async () => {
    const tokens = await runKind(tokenize, { inputs: { corpus: await smallCorpus(CORPUS) } });
    const params = { source: 'train', epochs: 1000 };
    const controller = new AbortController();
    const stopping: typeof stage = {
      ...stage,
      run: (context) =>
        stage.run({
          ...context,
          progress: () => {
            controller.abort();
          },
        }),
    };
    await expect(
      runKind(stopping, { params, inputs: { tokens: tokens.artifact }, signal: controller.signal }),
    ).rejects.toThrow('aborted');
  });
});

/** The nearest word by cosine, computed here and not by the stage. */
function nearest(run: Awaited<ReturnType<typeof train>>, word: string): string {
  const { rows, dimensions, data } = readVectors(run.artifact.path);
  const vector = (id: number): Float32Array => data.subarray(id * dimensions, (id + 1) * dimensions);
  const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const own = vector(run.words.indexOf(word));
  let [best, found] = [-Infinity, ''];
  for (let id = 2; id < rows; id++) {
    const other = vector(id);
    const cosine = dot(own, other) / Math.sqrt(dot(own, own) * dot(other, other));
    if (run.words[id] !== word && cosine > best) [best, found] = [cosine, run.words[id]!];
  }
  return found;
}
