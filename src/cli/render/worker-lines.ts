import type { TaskOutcome } from '../../execute/executors/queue/held-task.ts';
import type { WorkerEvent } from '../../execute/executors/queue/worker.ts';
import type { Style } from './output.ts';
import { durationText } from './text.ts';

/** One line of `pipeline worker`; undefined for what only the coordinator shows. */
export function workerLine(event: WorkerEvent, style: Style): string | undefined {
  switch (event.type) {
    case 'ready':
      return 'ready; Ctrl-C or SIGTERM ends it when its stages are done';
    case 'connection':
      return event.state === 'lost'
        ? style.yellow('the connection to the queue is lost; trying again')
        : 'connected again';
    case 'taken':
      return `${style.cyan('▶')} ${event.stage}  ${style.dim(`${event.key.slice(0, 8)}${event.again ? ', taken over' : ''}`)}`;
    case 'stage':
      return undefined;
    case 'ended':
      return outcomeLine(event.stage, event.outcome, style);
    case 'untold':
      return style.yellow(`${event.stage}: the queue could not be told how it ended: ${event.why}`);
  }
}

function outcomeLine(stage: string, outcome: TaskOutcome, style: Style): string | undefined {
  switch (outcome.state) {
    case 'executed':
      return `${style.green('✔')} ${stage}  ${durationText(outcome.seconds)}`;
    case 'found':
      return `${style.green('✔')} ${stage}  ${style.dim('made by another process')}`;
    case 'failed':
      return `${style.red('✖')} ${stage}  ${outcome.failure.message}`;
    case 'refused': {
      const { message, hint } = outcome.failure;
      return `${style.red('✖')} ${stage}  refused: ${message}${hint === null ? '' : `\n  ${hint}`}`;
    }
    case 'changed':
      return `${style.yellow('↻')} ${stage}  not as planned: ${outcome.changes.join('; ')}`;
    case 'lacking':
      return `${style.yellow('↻')} ${stage}  inputs are not in the store: ${outcome.inputs.map((one) => one.stage).join(', ')}`;
    case 'stopped':
      return `- ${stage}  stopped`;
    case 'gave-up':
      return `${style.red('✖')} ${stage}  given up: every worker that took it has died`;
    case 'passed-on':
      return undefined;
  }
}
