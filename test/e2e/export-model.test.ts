/** A model leaves through `pipeline export --to`, answers in ONNX Runtime, and comes back into another spec. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTokenizerConfig, readVocabulary } from '../../src/formats/tokens.ts';
import { createTokenizer, encode, vocabularyMap } from '../../src/retrieval/tokenizer.ts';
import { COMMAND, makeRig, type Rig } from '../helpers/rig.ts';

const PIPELINES = join(import.meta.dirname, '..', '..', 'pipelines');
const SMALL = join(PIPELINES, 'small.yaml');
const STAGE = 'model[cell=gru]';
const EMBEDDINGS = 'embeddings[cell=gru]';
const QUESTION = 'garden at night';

const OTHER = `name: travelled
stages:
  model: { uses: import-model, with: { path: PATH } }
  files:
    uses: command
    with:
      run: [node, write-corpus.mjs]
      deps: [write-corpus.mjs]
      outputs: [corpus.jsonl, queries.jsonl, qrels]
  corpus: { uses: ingest, inputs: { files: files }, with: { format: beir, folder: . } }
  tokens: { uses: tokenize, inputs: { corpus: corpus, vocabulary: model } }
  embeddings: { uses: embed, inputs: { model: model, tokens: tokens } }
`;

interface Result {
  readonly doc_id: string;
  readonly score: number;
  readonly text: string;
}

describe('pipeline export --to', () => {
  const work = mkdtempSync(join(tmpdir(), 'pipeline-test-'));
  const store = join(work, 'artifacts');
  const folderOf = (format: string): string => join(work, format);
  // One run and its exports for all tests.
  beforeAll(() => {
    const pipeline = (...args: string[]): void => {
      execFileSync(process.execPath, [COMMAND, ...args, '--store', store], { stdio: 'ignore' });
    };
    pipeline('run', SMALL);
    for (const format of ['onnx', 'huggingface'])
      pipeline('export', SMALL, '--to', format, '--stage', STAGE, '-o', folderOf(format));
  });
  afterAll(() => {
    rmSync(work, { recursive: true, force: true });
  });
  const pipeline = (...args: string[]): ReturnType<Rig['pipeline']> =>
    makeRig().pipeline(...args, '--store', store);
  const answers = async (source: string, top: number, index?: string): Promise<readonly Result[]> => {
    const from = ['--index', index ?? 'embeddings'];
    const { stdout } = await pipeline(
      'query',
      source,
      QUESTION,
      '--model',
      '--json',
      '--top',
      `${top}`,
      ...from,
    );
    return (JSON.parse(stdout) as { results: Result[] }).results;
  };
  const embeddingsOf = async (spec: string, stage: string): Promise<Buffer> => {
    const { stdout } = await pipeline('show', spec, stage, '--json');
    const { stages } = JSON.parse(stdout) as { stages: Record<string, { path: string }> };
    return readFileSync(join(stages[stage]!.path, 'documents.npy'));
  };

  it('gives graphs that find the same five documents with the same scores', async () => {
    const folder = folderOf('onnx');
    const config = readTokenizerConfig(folder);
    const tokenizer = createTokenizer(config);
    const vocabulary = vocabularyMap(readVocabulary(folder));
    ort.env.wasm.numThreads = 1;
    const graph = new Uint8Array(readFileSync(join(folder, 'encoder.onnx')));
    const session = await ort.InferenceSession.create(graph, { logSeverityLevel: 3 });
    const vectorOf = async (text: string, maximum: number): Promise<Float32Array> => {
      const ids = encode(tokenizer, vocabulary, text).slice(0, maximum);
      const { embedding } = await session.run({
        ids: new ort.Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
        lengths: new ort.Tensor('int32', Int32Array.of(ids.length), [1]),
      });
      return embedding!.data as Float32Array;
    };
    const query = await vectorOf(QUESTION, config.max_query_length);
    const found: { doc_id: string; score: number }[] = [];
    for (const { doc_id, text } of await answers(SMALL, 60, EMBEDDINGS)) {
      const document = await vectorOf(text, config.max_document_length);
      found.push({ doc_id, score: document.reduce((sum, value, i) => sum + value * query[i]!, 0) });
    }
    found.sort((a, b) => b.score - a.score);
    const own = await answers(SMALL, 5, EMBEDDINGS);
    expect(found.slice(0, 5).map(({ doc_id }) => doc_id)).toEqual(own.map(({ doc_id }) => doc_id));
    for (const [i, { score }] of own.entries()) expect(found[i]!.score).toBeCloseTo(score, 5);
  });

  it.each(['onnx', 'huggingface'])(
    'gives an %s folder that embeds the same bytes in another spec',
    async (format) => {
      const rig = makeRig();
      copyFileSync(join(PIPELINES, 'small', 'write-corpus.mjs'), join(rig.folder, 'write-corpus.mjs'));
      rig.write({ 'other.yaml': OTHER.replace('PATH', folderOf(format)) });
      const other = join(rig.folder, 'other.yaml');
      const { stderr, code } = await pipeline('run', other);
      expect([code, stderr]).toEqual([0, expect.stringContaining('✔ model')]);
      expect(await embeddingsOf(other, 'embeddings')).toEqual(await embeddingsOf(SMALL, EMBEDDINGS));
      expect(await answers(other, 5)).toEqual(await answers(SMALL, 5, EMBEDDINGS));
    },
  );

  it('writes a model card with the measures of the report', () => {
    const card = readFileSync(join(folderOf('huggingface'), 'README.md'), 'utf8');
    expect(card).toMatch(/On 10 queries of the split `test`:\n\n\| measure \| model \| BM25 \|/);
    expect(card).toMatch(/- type: mrr_at_10\n +name: mrr@10\n +value: 0\.\d+/);
    expect(card).toContain('It has vectors for 33 words.');
  });

  it('import-model writes the files of the model artifact', async () => {
    const rig = makeRig();
    const from = folderOf('huggingface');
    const { code, stdout } = await rig.pipeline('import-model', from, '-o', 'model', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        from,
        format: 'huggingface',
        folder: join(rig.folder, 'model'),
        vocabulary: 33,
        dimensions: 32,
      },
    ]);
    expect(readdirSync(join(rig.folder, 'model')).sort()).toEqual([
      'model.json',
      'model.safetensors',
      'tokenizer.json',
      'vocabulary.tsv',
    ]);
  });

  it.each([
    [[SMALL, '--to', 'onnx'], 'there are 2 models: model[cell=gru], model[cell=lstm]'],
    [[SMALL, '--to', 'onnx', '--stage', 'tokens'], "the result of 'tokens' is no model"],
    [[SMALL, '--to', 'onnx', '--stage', STAGE, '-o', '.'], 'already exists'],
    [[SMALL, '--to', 'tflite'], 'Allowed choices are archive, onnx, huggingface, kubernetes.'],
  ])('refuses %j', async (args, reason) => {
    const { code, stderr } = await pipeline('export', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});
