/** `pipeline init`: the starter spec, with what an editor and git should know about it. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { PipelineError } from '../../base/diagnostic.ts';
import { INSTALLATION, ownPackage } from '../../base/installation.ts';
import { projectFolder } from '../../session.ts';
import { printResult } from '../render/output.ts';

/** Writes a commented starter spec; never overwrites a file. Git is told not to keep the artifacts. */
export function initCommand(file: string): number {
  if (existsSync(file))
    throw new PipelineError('E_USAGE', `${file} already exists`, {
      hint: 'Name another file: `pipeline init FILE`.',
    });
  writeFileSync(file, schemaLine(file) + starter(basename(file, extname(file))), { flag: 'wx' });
  const ignored = ignoreArtifacts(file);
  printResult(`Wrote ${file}. Put your data next to it, then run: pipeline run ${file}`);
  if (ignored !== undefined) printResult(`Added artifacts/ to ${ignored}.`);
  return 0;
}

const SCHEMA = join('schema', 'pipeline.schema.json');

/** Tells the YAML extensions of editors where the schema is; empty where this installation has none. */
function schemaLine(file: string): string {
  const folder = dirname(resolve(file));
  const schema = installedSchema(folder) ?? join(INSTALLATION, SCHEMA);
  if (!existsSync(schema)) return '';
  const path = relative(folder, schema).split(sep).join('/');
  return `# yaml-language-server: $schema=${path.startsWith('.') ? path : `./${path}`}\n`;
}

/** In the `node_modules` of the project, which others who check it out have in the same place. */
function installedSchema(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const schema = join(folder, 'node_modules', ownPackage().name, SCHEMA);
    if (existsSync(schema)) return schema;
    if (folder === dirname(folder)) return undefined;
  }
}

const IGNORED = /^\/?(?:\*\*\/)?artifacts\/?(?:\*\*?)?\s*$/m;

/** Adds the store to the `.gitignore` beside it; returns the file where it was not there yet. */
function ignoreArtifacts(file: string): string | undefined {
  const path = join(projectFolder(file), '.gitignore');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (IGNORED.test(text)) return undefined;
  appendFileSync(path, `${text === '' || text.endsWith('\n') ? '' : '\n'}artifacts/\n`);
  return relative(process.cwd(), path);
}

function starter(name: string): string {
  return `# A dense-retrieval experiment. \`pipeline plan\` shows what would run and why, \`pipeline run\` executes it, and
# \`pipeline query ${name}.yaml "a question"\` searches with the trained model. After a change, only the stages that
# depend on it are executed again.
name: ${name}

params:
  dimensions: 128
  seed: 42

engine:
  backend: auto # wasm | tensorflow; auto uses a GPU if there is one

stages:
  # Your data, here a folder in BEIR format. Other formats: msmarco, squad, csv, tsv, jsonl, parquet, sql.
  corpus:
    uses: ingest
    with:
      format: beir
      folder: data # corpus.jsonl, queries.jsonl, qrels/{train,validation,test}.tsv

  tokens:
    uses: tokenize
    inputs: { corpus: corpus }
    with:
      min_count: 2
      max_document_length: 96

  # Word vectors, trained on your corpus. \`source: pretrained\` with a path loads GloVe, word2vec or fastText vectors.
  vectors:
    uses: word2vec
    inputs: { tokens: tokens }
    with:
      source: train
      dimensions: \${params.dimensions}
      seed: \${params.seed}

  # Triplets (query, relevant document, irrelevant document) for the training queries.
  triplets:
    uses: mine
    inputs: { tokens: tokens }
    with:
      negatives:
        - { from: bm25, weight: 1 }
        - { from: random, weight: 1 }
      seed: \${params.seed}

  model:
    uses: train
    inputs: { tokens: tokens, triplets: triplets, vectors: vectors }
    with:
      encoder: { cell: gru, hidden: 128 }
      loss: { name: triplet, distance: cosine, margin: 0.2 }
      epochs: 5
      seed: \${params.seed}

  embeddings:
    uses: embed
    inputs: { model: model, tokens: tokens }

  index:
    uses: index
    inputs: { embeddings: embeddings }

  report:
    uses: evaluate
    inputs: { corpus: corpus, tokens: tokens, embeddings: embeddings, index: index }
    with:
      split: test
`;
}
