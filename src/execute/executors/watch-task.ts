/** The coordinator's view of a task that a worker executes: its events as they come, and the result that it reports. */
import { logFile, type StoreLayout } from '../../store/layout.ts';
import type { JobEvent, JobResult } from '../executor.ts';
import type { Job } from '../job/job.ts';
import { eventReader } from './task-events.ts';
import { readTaskResult, type TaskFiles } from './task.ts';

export interface TaskWatch {
  /** Passes on what has happened since the last look. The result, where the worker has reported one. */
  look(): JobResult | undefined;
  /** Whether a worker has begun with the task. */
  begun(): boolean;
  /** Milliseconds since a sign of life of the worker, by this machine's own clock. */
  silence(): number;
}

export function watchTask(
  job: Job,
  files: TaskFiles,
  layout: StoreLayout,
  onEvent: (event: JobEvent) => void,
): TaskWatch {
  const events = eventReader(files.events);
  /** The worker may have the store under another path. */
  const log = logFile(layout, job.kind.name, job.key);
  let begun = false;
  return {
    look() {
      // Asked first: events that were written before the result are then passed on before it.
      const reported = readTaskResult(files);
      for (const event of events.read()) {
        begun = true;
        if (event.type === 'began' || event.type === 'alive') continue;
        onEvent(event.type === 'started' ? { type: 'started', log } : event);
      }
      return reported && here(reported.result, log);
    },
    begun: () => begun,
    silence: () => events.silence(),
  };
}

function here(result: JobResult, log: string): JobResult {
  if (result.state !== 'failed' || result.failure.log === '') return result;
  return { ...result, failure: { ...result.failure, log } };
}
