/**
 * README.md of a Hugging Face folder: the model card. Its metadata names neither licence nor language, which only whoever
 * publishes the model knows.
 */
import { stringify } from 'yaml';
import type { TrainedModel } from '../trained-model.ts';
import { limitsText, measuresText, type ModelFacts } from '../facts.ts';

export function modelCard(model: TrainedModel, facts: ModelFacts): string {
  const { config, tokenizer } = model;
  const { encoder, embeddings } = config;
  const shape =
    encoder.cell === 'none'
      ? 'none: words are pooled as they are'
      : `${encoder.layers} × ${encoder.cell.toUpperCase()} of ${encoder.hidden} units${encoder.bidirectional ? ' in both directions' : ''}`;
  return `---
# Add \`license\` and \`language\` before you publish this model.
${metadata(facts)}---

# ${facts.name}

A two-tower text encoder for retrieval: queries and documents become vectors of ${config.dimensions} dimensions, and the nearest documents answer. Queries and documents ${
    encoder.shared ? 'share their weights' : 'have weights of their own'
  }.

| | |
| --- | --- |
| words | ${embeddings.rows.toLocaleString('en-US')} vectors of ${embeddings.dimensions} dimensions${embeddings.ngrams ? ', and vectors of character n-grams for other words' : ''} |
| recurrent layers | ${shape} |
| pooling | ${encoder.pooling}${encoder.skip ? ', of the words too' : ''} |
| projection | ${encoder.projection === null ? 'none' : `to ${encoder.projection} dimensions`} |
| similarity | ${config.similarity} |
| words read | ${tokenizer.max_query_length} of a query, ${tokenizer.max_document_length} of a document |

## Use

With sentence-transformers >= 5:

\`\`\`python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("path/to/this/folder", trust_remote_code=True)
documents = model.encode_document(["The first text.", "A second one."])
queries = model.encode_query(["a question"])
scores = model.similarity(queries, documents)
\`\`\`

With PyTorch and safetensors alone, in this folder:

\`\`\`python
from modeling_two_tower import TwoTower

model = TwoTower.from_folder(".")
documents = model.encode(["The first text.", "A second one."], "document")
queries = model.encode(["a question"], "query")
\`\`\`

\`trust_remote_code\` runs the Python files of this folder: \`custom_st.py\`, \`modeling_two_tower.py\` and \`tokenization_two_tower.py\`.

## Results

${measuresText(facts)}

## What it does not know

${limitsText(model, facts)}
`;
}

function metadata({ name, report, isHybrid }: ModelFacts): string {
  const measures = isHybrid ? [] : Object.entries(report?.measures ?? {});
  return stringify(
    {
      library_name: 'sentence-transformers',
      pipeline_tag: 'sentence-similarity',
      tags: [
        'sentence-transformers',
        'sentence-similarity',
        'feature-extraction',
        'dense-retrieval',
        'two-tower',
      ],
      ...(measures.length > 0 && {
        'model-index': [
          {
            name,
            results: [
              {
                task: { type: 'information-retrieval', name: 'Information Retrieval' },
                dataset: { type: name, name, split: report!.split },
                metrics: measures.map(([measure, value]) => ({
                  type: measure.replace('@', '_at_').replace('/', '_'),
                  name: measure,
                  value,
                })),
              },
            ],
          },
        ],
      }),
    },
    { lineWidth: 0 },
  );
}
