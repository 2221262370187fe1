/** The questions of `pipeline query`: the arguments, or the lines of a file or of stdin. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { PipelineError } from '../../base/diagnostic.ts';

export interface Question {
  /** The id before the tab, or the number of the line; null for the question of the command line. */
  readonly id: string | null;
  readonly text: string;
}

export interface QuestionOptions {
  /** One question a line, or `id<TAB>question`; `-` is stdin. */
  readonly file?: string;
}

/** Whether the questions come from a file or stdin, one a line. */
export function areMany(words: readonly string[], { file }: QuestionOptions): boolean {
  return file !== undefined || words.length === 0;
}

/** One at a time, as the lines arrive, so that another program can ask and read in turns. */
export async function* questions(
  words: readonly string[],
  options: QuestionOptions,
  stop: AbortSignal,
): AsyncGenerator<Question, void> {
  const { file = '-' } = options;
  if (!areMany(words, options)) {
    yield { id: null, text: words.join(' ') };
    return;
  }
  if (words.length > 0)
    throw new PipelineError('E_USAGE', 'there is a question on the command line and a --file', {
      hint: 'Give one of them.',
    });
  const input = file === '-' ? standardInput(options) : fileInput(file);
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity, signal: stop })) {
    line += 1;
    const question = questionOf(line === 1 ? text.replace(/^\ufeff/, '') : text, line);
    if (question) yield question;
  }
}

/** Blank lines are no questions. */
function questionOf(line: string, number: number): Question | undefined {
  if (line.trim() === '') return undefined;
  const tab = line.indexOf('\t');
  if (tab < 0) return { id: String(number), text: line };
  return { id: line.slice(0, tab), text: line.slice(tab + 1) };
}

function standardInput({ file }: QuestionOptions): NodeJS.ReadableStream {
  if (process.stdin.isTTY && file === undefined)
    throw new PipelineError('E_USAGE', 'there is no question', {
      hint: 'Write it after the spec, or give a file with one question a line: --file questions.txt.',
    });
  return process.stdin;
}

function fileInput(file: string): NodeJS.ReadableStream {
  if (!existsSync(file) || statSync(file).isDirectory())
    throw new PipelineError('E_USAGE', `there is no file ${file}`);
  return createReadStream(file, 'utf8');
}
