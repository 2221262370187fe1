/**
 * Reads a TREC run file of another system, lines `query Q0 document rank score tag`, gzipped or not. Documents are
 * ranked by their scores, as trec_eval does, whatever the rank column says. Scoring the lists is in rivals.ts.
 */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { reasonOf } from '../../../src/base/system-error.ts';
import { rank, type Ranking } from '../../../src/retrieval/ranking.ts';
import { PipelineError } from '../../../src/stage.ts';

/** Where the ids of a run are looked up. */
export interface RunNames {
  /** Position of an evaluated query; null for another query of the corpus, undefined if it has none of that id. */
  query(id: string): number | null | undefined;
  /** doc_id, undefined if the corpus lacks the document. */
  document(id: string): number | undefined;
}

export interface Run {
  /** By position of the evaluated queries; absent if the run lacks the query. */
  readonly rankings: ReadonlyMap<number, Ranking>;
  /** Lines of queries that the corpus does not have, and the place of the first. */
  readonly unknownQueries: { readonly lines: number; readonly first: string } | undefined;
}

interface Listed {
  readonly documents: number[];
  readonly scores: number[];
  readonly seen: Set<number>;
}

const SHOWN = 5;
const FIELDS = ['query', 'Q0', 'document', 'rank', 'score', 'tag'];

/** Throws `E_INPUT` with the places of malformed lines, of unknown documents and of documents listed twice. */
export async function readRun(path: string, names: RunNames, signal: AbortSignal): Promise<Run> {
  const lists = new Map<number, Listed>();
  const faults: string[] = [];
  let count = 0;
  let unknown: { lines: number; first: string } | undefined;
  const label = basename(path);
  const reject = (line: number, column: number, message: string): void => {
    count += 1;
    if (faults.length < SHOWN) faults.push(`${label}:${line}:${column}: ${message}`);
  };
  let number = 0;
  for await (const text of linesOf(path)) {
    number += 1;
    if (number % 65536 === 0) signal.throwIfAborted();
    const line = number === 1 ? text.replace(/^\ufeff/, '') : text;
    const fields = fieldsOf(line);
    if (fields.length === 0) continue;
    if (fields.length !== FIELDS.length) {
      reject(number, fields[0]!.column, `${fields.length} fields instead of the 6 \`${FIELDS.join(' ')}\``);
      continue;
    }
    const [query, , document, , score] = fields as [Field, Field, Field, Field, Field];
    const value = Number(score.text);
    if (!Number.isFinite(value)) {
      reject(number, score.column, `the score '${score.text}' is not a finite number`);
      continue;
    }
    const position = names.query(query.text);
    if (position === undefined) {
      const first = `${label}:${number}:${query.column}: '${query.text}'`;
      unknown = { lines: (unknown?.lines ?? 0) + 1, first: unknown?.first ?? first };
    }
    if (position === undefined || position === null) continue;
    const id = names.document(document.text);
    if (id === undefined) {
      reject(number, document.column, `the corpus has no document '${document.text}'`);
      continue;
    }
    let list = lists.get(position);
    if (!list) lists.set(position, (list = { documents: [], scores: [], seen: new Set() }));
    if (list.seen.has(id)) {
      reject(number, document.column, `the document '${document.text}' is listed twice for '${query.text}'`);
      continue;
    }
    list.seen.add(id);
    list.documents.push(id);
    list.scores.push(value);
  }
  if (count > 0)
    throw new PipelineError(
      'E_INPUT',
      [`${count} bad ${count === 1 ? 'line' : 'lines'} in the run file ${label}`, ...faults].join('\n  '),
      { hint: 'A run has lines `query Q0 document rank score tag` with the ids of this corpus.' },
    );
  const rankings = new Map(
    [...lists].map(([position, { documents, scores }]) => [position, rank(documents, scores)]),
  );
  return { rankings, unknownQueries: unknown };
}

interface Field {
  readonly text: string;
  /** From 1. */
  readonly column: number;
}

const fieldsOf = (line: string): Field[] =>
  [...line.matchAll(/\S+/g)].map(({ 0: text, index }) => ({ text, column: index + 1 }));

async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const bytes: Readable = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file;
  try {
    let failed: Error | undefined;
    const lines = createInterface({ input: bytes, crlfDelay: Infinity });
    bytes.on('error', (error: Error) => {
      failed = error;
      lines.close();
    });
    for await (const line of lines) yield line;
    if (failed)
      throw new PipelineError('E_INPUT', `${basename(path)} cannot be read: ${reasonOf(failed)}`, {
        hint: 'Give a text file, or a gzip file whose name ends with .gz.',
      });
  } finally {
    bytes.destroy();
    file.destroy();
  }
}
