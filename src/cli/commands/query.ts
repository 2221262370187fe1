/** `pipeline query`: the documents that answer questions. The model is loaded once, however many there are. */
import { PipelineError } from '../../base/diagnostic.ts';
import { findParts } from '../../query/parts.ts';
import { openRetriever, type Answered, type Method, type Retriever } from '../../query/retriever.ts';
import type { SpecOptions } from '../../session.ts';
import {
  answersJson,
  answersText,
  answersTsv,
  failureJson,
  headerText,
  questionText,
  TSV_HEADER,
} from '../render/answers.ts';
import { printJson, printNotice, printResult } from '../render/output.ts';
import { INTERRUPTED, onInterrupt } from './interrupt.ts';
import { openQuerySource } from './query-source.ts';
import { areMany, questions, type Question, type QuestionOptions } from './questions.ts';

export interface QueryOptions extends SpecOptions, QuestionOptions {
  readonly top: number;
  readonly model?: boolean;
  readonly bm25?: boolean;
  readonly hybrid?: boolean;
  readonly exact?: boolean;
  readonly index?: string;
  readonly threads?: number;
  readonly json?: boolean;
  readonly tsv?: boolean;
}

/** The exit code is 1 if a question has no answer. */
export async function queryCommand(
  name: string,
  words: readonly string[],
  options: QueryOptions,
): Promise<number> {
  const method = methodOf(options);
  if (options.json && options.tsv) throw new PipelineError('E_USAGE', '--json and --tsv exclude each other');
  const { stop, dispose } = onInterrupt(true, () => '');
  try {
    const { source, close } = await openQuerySource(name, options, stop);
    try {
      const { index: from, exact } = options;
      const parts = await findParts(source, { from, exact, lexicalOnly: method === 'bm25' });
      // Encoding a question of a few words takes less time than starting threads.
      const { threads = 1 } = options;
      const retriever = await openRetriever(parts, { engine: source.engine, threads, method });
      try {
        return await answerAll(retriever, source.name, words, options, stop);
      } finally {
        retriever.close();
      }
    } finally {
      close();
    }
  } catch (error) {
    if (stop.aborted) return INTERRUPTED;
    throw error;
  } finally {
    dispose();
  }
}

function methodOf({ model, bm25, hybrid }: QueryOptions): Method | undefined {
  const wanted = (['model', 'bm25', 'hybrid'] as const).filter(
    (method) => ({ model, bm25, hybrid })[method] === true,
  );
  if (wanted.length > 1)
    throw new PipelineError('E_USAGE', `--${wanted.join(' and --')} exclude each other`, {
      hint: 'Name one of --model, --bm25 and --hybrid, or none for what the evaluation recorded.',
    });
  return wanted[0];
}

async function answerAll(
  retriever: Retriever,
  name: string,
  words: readonly string[],
  options: QueryOptions,
  stop: AbortSignal,
): Promise<number> {
  const many = areMany(words, options);
  const printer = printerFor(options, retriever, many);
  let asked = 0;
  let failed = 0;
  for await (const question of questions(words, options, stop)) {
    if (stop.aborted) break;
    asked += 1;
    try {
      const answered = await retriever.answer(question.text, options.top);
      if (asked === failed + 1) printer.begin(name);
      printer.answered(question, answered);
    } catch (error) {
      if (!many || !(error instanceof PipelineError) || error.code !== 'E_INPUT') throw error;
      failed += 1;
      printer.failed(question, error);
    }
  }
  if (stop.aborted) return INTERRUPTED;
  if (asked === 0) throw new PipelineError('E_INPUT', 'there are no questions');
  return failed === 0 ? 0 : 1;
}

interface Printer {
  begin(name: string): void;
  answered(question: Question, answered: Answered): void;
  failed(question: Question, error: PipelineError): void;
}

function printerFor({ json, tsv }: QueryOptions, retriever: Retriever, many: boolean): Printer {
  const notice = (question: Question, { message, hint }: PipelineError): void => {
    printNotice(`${question.id ?? ''}: ${message}${hint === undefined ? '' : `. ${hint}`}`);
  };
  if (json) {
    const print = many
      ? (value: unknown) => {
          printResult(JSON.stringify(value));
        }
      : printJson;
    return {
      begin: () => undefined,
      answered: (question, answered) => {
        print(answersJson(question, answered));
      },
      failed: (question, error) => {
        print(failureJson(question, error));
      },
    };
  }
  if (tsv)
    return {
      begin: () => {
        printResult(TSV_HEADER);
      },
      answered: (question, answered) => {
        notes(question, answered);
        printResult(answersTsv(question, answered));
      },
      failed: notice,
    };
  return {
    begin: (name) => {
      printResult(headerText(retriever, name));
    },
    answered: (question, answered) => {
      notes(question, answered);
      if (many) printResult(`\n${questionText(question)}`);
      const { wordsOf } = retriever;
      printResult(answersText(answered, new Set(wordsOf(question.text)), wordsOf));
    },
    failed: notice,
  };
}

function notes({ id }: Question, answered: Answered): void {
  for (const note of answered.notes) printNotice(id === null ? note : `${id}: ${note}`);
}
