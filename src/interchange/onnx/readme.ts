/** README.md of an ONNX folder: one page on how to call the graphs, with code that runs. */
import type { TrainedModel } from '../trained-model.ts';
import { limitsText, measuresText, type ModelFacts } from '../facts.ts';

const SCORES = {
  cosine: 'Vectors have length 1, so that the inner product of two is their cosine.',
  dot: 'Two vectors are compared by their inner product.',
  euclidean: 'The smaller the Euclidean distance of two vectors, the better the match.',
} as const;

export function onnxReadme(
  model: TrainedModel,
  facts: ModelFacts,
  files: { readonly query: string; readonly document: string },
): string {
  const { config, tokenizer } = model;
  const { rows, dimensions, ngrams } = config.embeddings;
  const inputs = [
    '| `ids` | int64 [batch, tokens] | ids of the words, padded with anything |',
    '| `lengths` | int32 [batch] | words of each text; 0 gives zeros |',
    ngrams &&
      `| \`new_words\` | float32 [words, ${dimensions}] | vectors for the ids from ${rows} on; may have no rows |`,
  ];
  return `# ${facts.name}

A two-tower text encoder for retrieval as ONNX graphs (opset 17). ${
    files.query === files.document
      ? `\`${files.document}\` encodes queries and documents.`
      : `\`${files.query}\` encodes queries, \`${files.document}\` documents.`
  } ${SCORES[config.similarity]}

| input | type | |
| --- | --- | --- |
${inputs.filter(Boolean).join('\n')}
| **output** \`embedding\` | float32 [batch, ${config.dimensions}] | |

Ids come from \`vocabulary.tsv\`: a word's id is the number of its line, from 0; words from line ${rows} on ${
    ngrams ? 'are new words to the model' : 'are unknown (id 1) to the model'
  }. Texts are cut into words by \`tokenization_two_tower.py\`, which needs no other package; a query is cut off after ${
    tokenizer.max_query_length
  } words, a document after ${tokenizer.max_document_length}.

\`\`\`python
${pythonExample(files, ngrams !== undefined)}\`\`\`

## Results

${measuresText(facts)}

## What it does not know

${limitsText(model, facts)}

\`pipeline import-model FOLDER\` and a stage with \`uses: import-model\` take this folder back, with the same vectors.
`;
}

/** Runs in the folder, with numpy and onnxruntime; bench/interop.mjs executes it. */
export function pythonExample(
  files: { readonly query: string; readonly document: string },
  hasNgrams: boolean,
): string {
  const sessions = `sessions = {
    "query": onnxruntime.InferenceSession("${files.query}"),
    "document": onnxruntime.InferenceSession("${files.document}"),
}`;
  const imports = ['import numpy as np', 'import onnxruntime'];
  if (hasNgrams) imports.push('from safetensors.numpy import load_file');
  imports.push('from tokenization_two_tower import TwoTowerTokenizer');
  const tables = hasNgrams
    ? `tables = load_file("ngrams.safetensors")


def new_words(words):
    vectors = np.tile(tables["unknown"], (len(words), 1))
    for vector, buckets in zip(vectors, map(tokenizer.buckets, words)):
        if buckets:
            vector += tables["ngrams"][buckets].mean(axis=0)
    return vectors

`
    : '\n';
  return `${imports.join('\n')}

tokenizer = TwoTowerTokenizer(".")
${sessions}
${tables}
def encode(texts, side):
    ids, lengths, ${hasNgrams ? 'new' : '_'} = tokenizer.batch(texts, side)
    inputs = {"ids": np.array(ids, np.int64), "lengths": np.array(lengths, np.int32)}
${hasNgrams ? '    inputs["new_words"] = new_words(new)\n' : ''}    return sessions[side].run(["embedding"], inputs)[0]


documents = encode(["The first text.", "A second one."], "document")
scores = encode(["a question"], "query") @ documents.T
`;
}
