import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readSafetensors } from '../../src/formats/safetensors.ts';
import { exportModel } from '../../src/interchange/export.ts';
import { FORMATS } from '../../src/interchange/exported-config.ts';
import { importModel } from '../../src/interchange/import.ts';
import { writeOnnx } from '../../src/interchange/onnx/write.ts';
import { readTrainedModel } from '../../src/interchange/trained-model.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';
import { FACTS, GRU, LSTM, modelFolder, NGRAMS_OF_WORDS } from './fixtures.ts';

const filesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name)).toString('hex')]),
  );

function exported(format: (typeof FORMATS)[number], model: string, facts = FACTS): string {
  const folder = join(temporaryFolder(), 'exported');
  exportModel(format, model, folder, facts);
  return folder;
}

describe.each(FORMATS)('a model exported to %s', (format) => {
  it.each([
    ['GRU with n-grams', GRU, NGRAMS_OF_WORDS],
    ['LSTM', LSTM, undefined],
    ['none', { ...GRU, cell: 'none' as const }, undefined],
  ])('comes back as the same bytes: %s', (_, encoder, ngrams) => {
    const model = modelFolder(encoder, ngrams);
    const back = temporaryFolder();
    expect(importModel(exported(format, model), back).format).toBe(format);
    expect(filesOf(back)).toEqual(filesOf(model));
  });

  it('is the same folder twice', () => {
    const model = modelFolder(GRU, NGRAMS_OF_WORDS);
    expect(filesOf(exported(format, model))).toEqual(filesOf(exported(format, model)));
  });

  it('says what it scored and what it does not know', () => {
    const readme = readFileSync(join(exported(format, modelFolder(LSTM)), 'README.md'), 'utf8');
    expect(readme).toContain('On 1,200 queries of the split `test`:');
    expect(readme).toContain('| mrr@10 | 0.7500 | 0.5000 |\n| within the candidates: p@1 | 0.5000 |  |');
    expect(readme).toContain('It has vectors for 9 words. All other words are one unknown word to it.');
    expect(readme).toContain('3.1 % of the words of documents and 5.0 % of those of queries');
  });

  it('warns that the lexical part of hybrid embeddings stays behind', () => {
    const folder = exported(format, modelFolder(LSTM), { ...FACTS, isHybrid: true });
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    expect(readme).toContain('`test`, with the lexical part:');
    expect(readme).toContain('have a lexical part too');
    expect(readme).not.toContain('model-index');
  });

  it('never overwrites a folder', () => {
    const model = modelFolder(LSTM);
    const folder = exported(format, model);
    expect(() => {
      exportModel(format, model, folder, FACTS);
    }).toThrow(`${folder} already exists`);
  });

  it('is refused without its tokenizer, or with that of another model', () => {
    const folder = exported(format, modelFolder(LSTM));
    const file = join(folder, 'tokenizer.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"model_vocabulary": 9', '"model_vocabulary": 8'));
    expect(() => importModel(folder, temporaryFolder())).toThrow(
      'has 8 words for the model and the model 9 vectors',
    );
    rmSync(file);
    expect(() => importModel(folder, temporaryFolder())).toThrow('has no tokenizer.json');
  });
});

describe('the ONNX folder', () => {
  it('has one graph where queries and documents share their weights', () => {
    const graphs = (model: string): string[] =>
      readdirSync(exported('onnx', model)).filter((name) => name.endsWith('.onnx'));
    expect(graphs(modelFolder(LSTM))).toEqual(['encoder.onnx']);
    expect(graphs(modelFolder(GRU))).toEqual(['document.onnx', 'query.onnx']);
  });

  it('is refused for a model that no ONNX file can hold', () => {
    const model = modelFolder(LSTM);
    const { config, weights, ...rest } = readTrainedModel(model);
    const embeddings = { rows: 5_000_000, dimensions: 128 };
    expect(() => {
      writeOnnx(temporaryFolder(), { ...rest, weights, config: { ...config, embeddings } }, FACTS);
    }).toThrow('the model is larger than an ONNX file may be, 2 GiB');
  });

  it('is refused where its graph is cut off', () => {
    const folder = exported('onnx', modelFolder(LSTM));
    const file = join(folder, 'encoder.onnx');
    writeFileSync(file, readFileSync(file).subarray(0, 900));
    expect(() => importModel(folder, temporaryFolder())).toThrow(
      `${file} is not a usable ONNX file: it is truncated`,
    );
  });
});

describe('the Hugging Face folder', () => {
  it('is refused where its weights do not have the shape that its configuration says', () => {
    const folder = exported('huggingface', modelFolder(LSTM));
    const file = join(folder, 'config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"hidden": 3', '"hidden": 4'));
    expect(() => importModel(folder, temporaryFolder())).toThrow(
      `encoder.layer0.forward.kernel in ${folder} has 72 values and not the shape [6, 16]`,
    );
  });

  it('names its weights as torch.nn does, and its measures in the metadata of the model card', () => {
    const folder = exported('huggingface', modelFolder(LSTM));
    const { tensors, metadata } = readSafetensors(join(folder, 'model.safetensors'));
    expect(metadata).toEqual({ format: 'pt' });
    expect(Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]))).toEqual({
      'embeddings.weight': [9, 6],
      'towers.encoder.recurrent.bias_hh_l0': [12],
      'towers.encoder.recurrent.bias_ih_l0': [12],
      'towers.encoder.recurrent.weight_hh_l0': [12, 3],
      'towers.encoder.recurrent.weight_ih_l0': [12, 6],
    });
    const [, header] = readFileSync(join(folder, 'README.md'), 'utf8').split('---\n');
    expect(parse(header!)).toMatchObject({
      library_name: 'sentence-transformers',
      'model-index': [
        {
          name: 'rivers',
          results: [
            {
              metrics: [
                { type: 'mrr_at_10', name: 'mrr@10', value: 0.75 },
                { type: 'candidates_p_at_1', name: 'candidates/p@1', value: 0.5 },
              ],
            },
          ],
        },
      ],
    });
  });
});

it('takes a model artifact as it is', () => {
  const model = modelFolder(GRU, NGRAMS_OF_WORDS);
  const back = temporaryFolder();
  expect(importModel(model, back).format).toBe('artifact');
  expect(filesOf(back)).toEqual(filesOf(model));
});

it('refuses a folder without a model, and models of other programs', () => {
  const folder = temporaryFolder();
  expect(() => importModel(folder, temporaryFolder())).toThrow(`${folder} holds no model`);
  writeFileSync(join(folder, 'config.json'), '{"model_type": "bert"}');
  expect(() => importModel(folder, temporaryFolder())).toThrow('holds a model of another program');
});
