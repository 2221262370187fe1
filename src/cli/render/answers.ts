/** The answers of `pipeline query`: for people, as JSON Lines, or as tab-separated rows. */
import { cells } from '../../base/cells.ts';
import { fusionText, type QueryFusion } from '../../query/fusion.ts';
import type { Answer, Answered, Method, Retriever } from '../../query/retriever.ts';
import type { Question } from '../commands/questions.ts';
import { styleFor, useColor } from './output.ts';

const TEXT_LINES = 3;

/** `hybrid: convex fusion, model 0.6 and BM25 0.4, not tuned · exact search · 15,772 documents of medquad` */
export function headerText({ method, fusion, vectors, documents }: Retriever, name: string): string {
  const parts = [
    answeredBy(method, fusion, vectors?.isHybrid === true),
    ...(vectors ? [vectors.isExact ? 'exact search' : 'approximate search'] : []),
    `${documents.toLocaleString('en-US')} documents of ${name}`,
  ];
  return styleFor(useColor('stdout')).dim(parts.join(' · '));
}

function answeredBy(method: Method, fusion: QueryFusion, isHybrid: boolean): string {
  switch (method) {
    case 'bm25':
      return 'BM25';
    case 'model':
      return isHybrid ? 'model with lexical part' : 'model';
    case 'hybrid':
      return `hybrid: ${fusionText(fusion)}`;
  }
}

export function questionText({ id, text }: Question): string {
  return styleFor(useColor('stdout')).bold(`${id ?? ''}  ${text}`);
}

/** `words`: those of the question, which are bold in the documents where there are colours. */
export function answersText(
  { results }: Answered,
  words: ReadonlySet<string>,
  wordsOf: Retriever['wordsOf'],
): string {
  const style = styleFor(useColor('stdout'));
  const width = Math.max(40, Math.min(100, process.stdout.columns || 100));
  const marked = (word: string): string =>
    wordsOf(word).some((part) => words.has(part)) ? style.bold(word) : word;
  const digits = String(results.length).length;
  return results
    .map(({ rank, doc_id, score, text }) => {
      const place = style.bold(String(rank).padStart(Math.max(2, digits)));
      const lines = wrapped(text, width - 4).map((line) => `    ${line.split(' ').map(marked).join(' ')}`);
      return [`${place}  ${scoreText(score)}  ${style.dim(doc_id)}`, ...lines].join('\n');
    })
    .join('\n');
}

/** Scores of a rank fusion are about 0.01, those of BM25 about 10. */
function scoreText(score: number): string {
  return Math.abs(score) < 0.1 && score !== 0 ? score.toFixed(5) : score.toFixed(3);
}

/** The first lines of a text, wrapped at spaces. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.replace(/\s+/g, ' ').trim().split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && cells(line) + 1 + cells(word) > width) {
      if (lines.length === TEXT_LINES) return [...lines.slice(0, -1), `${line} …`];
      lines.push(word);
    } else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

export function answersJson({ id, text }: Question, answered: Answered): unknown {
  return { ...(id === null ? {} : { id }), query: text, ...answered };
}

export function failureJson(
  { id, text }: Question,
  {
    code,
    message,
    hint,
  }: { readonly code: string; readonly message: string; readonly hint?: string | undefined },
): unknown {
  return {
    ...(id === null ? {} : { id }),
    query: text,
    error: { code, message, hint: hint ?? null },
    results: [],
  };
}

export const TSV_HEADER = 'query\trank\tdoc_id\tscore\ttext';

/** Tabs and line breaks in a text become spaces. */
export function answersTsv({ id, text }: Question, { results }: Answered): string {
  const cell = (value: string): string => value.replace(/[\t\r\n]+/g, ' ');
  return results
    .map(({ rank, doc_id, score, text: document }: Answer) =>
      [cell(id ?? text), rank, cell(doc_id), score, cell(document)].join('\t'),
    )
    .join('\n');
}
