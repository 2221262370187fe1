import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FusionConfig } from '../../src/formats/fusion.ts';
import { makeRig } from '../helpers/rig.ts';
import { tinyTraining } from '../helpers/tiny-training.ts';
import { answersIn, topOfRun } from '../helpers/ranked-answers.ts';

const SPLITS = ['train', 'validation', 'test'];

/** Every pair of nine words. */
const PAIRS = Array.from({ length: 9 }, (_, a) =>
  Array.from({ length: a }, (_, b) => `shared${a} shared${b}`),
).flat();

/**
 * Each query has the one rare word of the relevant document and both shared words of another. The shared words weigh more
 * together than the rare one, unless the weights are squared.
 */
function files(): Record<string, string> {
  const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const qrels = SPLITS.map((name, place): [string, string] => {
    const judged = PAIRS.map((_, i) => `q${i}\trare${i}\t1\n`).filter((_, i) => i % 3 === place);
    return [`data/qrels/${name}.tsv`, `query-id\tcorpus-id\tscore\n${judged.join('')}`];
  });
  return {
    'data/corpus.jsonl': lines(
      PAIRS.flatMap((pair, i) => [
        { _id: `rare${i}`, title: '', text: `rare${i} note note note note` },
        { _id: `shared${i}`, title: '', text: pair },
      ]),
    ),
    'data/queries.jsonl': lines(PAIRS.map((pair, i) => ({ _id: `q${i}`, text: `rare${i} ${pair}` }))),
    ...Object.fromEntries(qrels),
  };
}

it('a question gets the documents of the report whose fusion squares the weights of words', async () => {
  const rig = makeRig();
  rig.write({
    ...files(),
    's.yaml': `${tinyTraining({ epochs: 1 })}  embeddings: { uses: embed, inputs: { model: model, tokens: tokens } }
  report: { uses: evaluate, inputs: { corpus: corpus, tokens: tokens, embeddings: embeddings } }
`,
    'questions.tsv': PAIRS.map((pair, i) => `q${i}\trare${i} ${pair}\n`)
      .filter((_, i) => i % 3 === 2)
      .join(''),
  });
  const { code, events } = await rig.run('s.yaml');
  expect(code).toBe(0);
  const { key } = events.find(({ type, stage }) => type === 'stage-finished' && stage === 'report')!;
  const report = join('artifacts', 'evaluate', String(key));
  const { bm25 } = JSON.parse(rig.read(join(report, 'fusion.json'))) as FusionConfig;
  expect(bm25).toEqual({ k1: 0, b: 0, idf_power: 2 });

  const { stdout } = await rig.pipeline('query', 'latest', '--file', 'questions.tsv', '--tsv');
  const answers = answersIn(stdout);
  const measured = topOfRun(rig.read(join(report, 'runs', 'fused.trec')), 5);
  expect(measured).toHaveLength(60);
  expect(answers).toEqual(measured);
  expect(answers.filter((answer) => / 1 rare/.test(answer))).toHaveLength(12);
});
