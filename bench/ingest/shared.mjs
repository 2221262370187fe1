// Shared by the benchmarks on MedQuAD: its location, the parameters of its stages, and a function that runs one stage.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));

export const SPLITS = ['train', 'validation', 'test'];

export const TOKENIZE = {
  normalization: 'NFKC',
  lowercase: true,
  min_count: 2,
  max_vocab: 50_000,
  max_query_length: 32,
  max_document_length: 128,
  vocabulary_splits: ['train'],
};

export const MSMARCO_SPLITS = (data) =>
  Object.fromEntries(SPLITS.map((split) => [split, join(data, `${split}.jsonl.gz`)]));

export function medquad() {
  const folders = [process.env.MEDQUAD_DIR, join(root, '..', 'shared', 'data', 'medquad')];
  return folders.find((folder) => folder && existsSync(join(folder, 'test.jsonl.gz')));
}

/** Runs a built kind in a separate process; returns what stage.mjs prints. */
export function runStage(request) {
  const child = spawnSync(process.execPath, [join(here, 'stage.mjs'), JSON.stringify(request)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
  });
  if (child.status !== 0) throw new Error(`${request.kind} ended with ${child.status ?? child.signal}`);
  return JSON.parse(child.stdout);
}
