/** The entry of a search thread: opens the artifacts once and answers until it is ended. */
import { parentPort, workerData } from 'node:worker_threads';
import { PipelineError } from '../../../base/diagnostic.ts';
import { openSideBySide } from '../../../query/side-by-side.ts';
import type { SearchMessage, SearchRequest, SearchSetup } from './protocol.ts';

const port = parentPort!;
const post = (message: SearchMessage): void => {
  port.postMessage(message);
};

try {
  const { parts, ...options } = workerData as SearchSetup;
  const systems = await openSideBySide(parts, { ...options, threads: 1 });
  port.on('message', ({ id, questions }: SearchRequest) => {
    systems.answer(questions).then(
      (answers) => {
        post({ type: 'answered', id, answers: answers.map((answer) => JSON.stringify(answer)) });
      },
      (error: unknown) => {
        setImmediate(() => {
          throw error;
        });
      },
    );
  });
  post({ type: 'ready', facts: systems.facts });
} catch (error) {
  if (!(error instanceof PipelineError)) throw error;
  post({ type: 'failed', code: error.code, message: error.message, hint: error.hint ?? null });
}
