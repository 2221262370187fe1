/**
 * Writes the ranked lists and the relevance judgements for trec_eval: runs/<system>.trec and qrels.trec. The format of
 * a line is in src/formats/trec.ts.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { writeFully } from '../../../src/formats/bytes.ts';
import type { Names } from '../../../src/formats/packed-names.ts';
import { qrelsLine, runLines, trecName } from '../../../src/formats/trec.ts';
import type { Relevance } from '../../../src/retrieval/metrics.ts';
import type { Ranking } from '../../../src/retrieval/ranking.ts';
import type { EvaluatedQuery } from './queries.ts';

const BUFFERED = 1 << 20;

interface TextFile {
  append(text: string): void;
  close(): void;
}

function createTextFile(path: string): TextFile {
  const descriptor = openSync(path, 'wx');
  let pending = '';
  const flush = (): void => {
    writeFully(descriptor, Buffer.from(pending));
    pending = '';
  };
  return {
    append: (text) => {
      pending += text;
      if (pending.length >= BUFFERED) flush();
    },
    close: () => {
      flush();
      closeSync(descriptor);
    },
  };
}

export interface RunFile {
  append(query: EvaluatedQuery, ranking: Ranking): void;
  close(): void;
}

/** Documents per query unless `run_depth` is given. */
const USUAL_DEPTH = 100;

/**
 * How much of a list is written: what `run_depth` says, or else enough for other tools to compute every measure
 * exactly. What follows the last relevant document changes none; whole lists of 1,000 would take ten times the space.
 */
function writtenDepth(documents: Uint32Array, relevant: Relevance, runDepth: number | undefined): number {
  if (runDepth !== undefined) return runDepth;
  return Math.max(USUAL_DEPTH, documents.findLastIndex((document) => relevant.has(document)) + 1);
}

/** runs/<system>.trec: the top documents of each query, by external names. */
export function createRunFile(
  output: string,
  system: string,
  names: Names,
  runDepth: number | undefined,
): RunFile {
  mkdirSync(join(output, 'runs'), { recursive: true });
  const file = createTextFile(join(output, 'runs', `${system}.trec`));
  return {
    append: (query, { documents, scores }) => {
      const written = documents.subarray(0, writtenDepth(documents, query.relevant, runDepth));
      const listed = Array.from(written, (document) => trecName(names.at(document)!));
      file.append(runLines(trecName(query.name), listed, scores, system));
    },
    close: () => {
      file.close();
    },
  };
}

/** qrels.trec: the relevant documents of the evaluated queries; all others are irrelevant. */
export function writeQrels(output: string, queries: readonly EvaluatedQuery[], names: Names): void {
  const file = createTextFile(join(output, 'qrels.trec'));
  for (const { name, relevant } of queries) {
    for (const [document, relevance] of relevant)
      file.append(qrelsLine(trecName(name), trecName(names.at(document)!), relevance));
  }
  file.close();
}
