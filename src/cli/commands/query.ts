import { cells } from '../../base/cells.ts';
import { PipelineError } from '../../base/diagnostic.ts';
import { answer, knowsAWord, questionTokens, retrieverParts, type Answer } from '../../query/retriever.ts';
import { currentPlan, type SpecOptions } from '../../session.ts';
import { printJson, printNotice, printResult, styleFor, useColor } from '../render/output.ts';
import { openSpec } from './open-spec.ts';

export interface QueryOptions extends SpecOptions {
  readonly top: number;
  readonly exact?: boolean;
  readonly index?: string;
  readonly threads?: number;
  readonly json?: boolean;
}

/** `pipeline query`: the documents that the trained model finds nearest to a question. */
export async function queryCommand(file: string, question: string, options: QueryOptions): Promise<number> {
  if (question.trim() === '') throw new PipelineError('E_USAGE', 'the question is empty');
  const session = await openSpec(file, options);
  const plan = await currentPlan(session);
  const parts = await retrieverParts(plan, session.store, {
    from: options.index,
    exact: options.exact,
    file,
  });
  const tokens = questionTokens(parts, question);
  if (!knowsAWord(tokens))
    printNotice('warning: the model knows none of these words, so the results are meaningless');
  // Encoding a question of a few words takes less time than starting threads.
  const { threads = 1, top } = options;
  const answers = await answer(parts, tokens, { question, engine: plan.engine!, threads, top });
  if (options.json) printJson({ query: question, results: answers });
  else printResult(answersText(answers));
  return 0;
}

const TEXT_LINES = 3;

function answersText(answers: readonly Answer[]): string {
  const style = styleFor(useColor(process.stdout));
  const width = Math.max(40, Math.min(100, process.stdout.columns || 100));
  return answers
    .map(({ rank, doc_id, score, text }) => {
      const head = `${style.bold(String(rank).padStart(2))}  ${score.toFixed(3)}  ${style.dim(doc_id)}`;
      return [head, ...wrapped(text, width - 4).map((line) => `    ${line}`)].join('\n');
    })
    .join('\n');
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
