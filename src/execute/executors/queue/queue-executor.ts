/** The executor that hands jobs to the workers of a queue. It connects with the first job: a cached run needs no queue. */
import { relative } from 'node:path';
import type { Values } from '../../../config/settings.ts';
import { PipelineError } from '../../../base/diagnostic.ts';
import { digestOf } from '../../../base/hash.ts';
import { storeIdentity } from '../../../store/identity.ts';
import { logFile } from '../../../store/layout.ts';
import type { Executor } from '../../executor.ts';
import { failureFrom } from '../../failure.ts';
import type { JobEnvironment } from '../../job/execute-job.ts';
import { openDesk, type Desk } from './desk.ts';
import { followTask, type FollowSettings } from './follow-task.ts';
import { projectTop } from './project-top.ts';
import { shownAddress } from './redis.ts';

/** Throws `E_USAGE` where no queue is named. */
export function queueExecutor(
  values: Values,
  { layout, store, project }: JobEnvironment,
  { detach = false }: { readonly detach?: boolean },
): Executor {
  const address = queueAddress(values);
  const settings = (): FollowSettings => ({
    layout,
    store,
    stores: [storeIdentity(layout), ...remoteIdentity(values)],
    folder: relative(projectTop(project), project),
    detach,
    workerCommand: `\`pipeline worker --queue ${shownAddress(address)} --store FOLDER\``,
  });
  let opening: Promise<{ readonly desk: Desk; readonly settings: FollowSettings }> | undefined;
  const open = async (): Promise<{ readonly desk: Desk; readonly settings: FollowSettings }> => ({
    settings: settings(),
    desk: await openDesk(address, values['queue.name']),
  });
  return {
    name: 'queue',
    // How much fits at a time is up to the workers.
    capacity: ({ jobs, threads }) => ({
      jobs: jobs ?? MANY,
      threads: threads ?? MANY,
      memory: MANY,
      gpu: MANY,
    }),
    async run(job, options) {
      try {
        const { desk, settings: follow } = await (opening ??= open());
        return await followTask(job, options, desk, follow);
      } catch (error) {
        const log = logFile(layout, job.kind.name, job.key);
        return options.stop.aborted
          ? { state: 'stopped' }
          : { state: 'failed', seconds: 0, failure: failureFrom(error, log) };
      }
    },
    async close() {
      const opened = await opening?.catch(() => undefined);
      await opened?.desk.close();
    },
  };
}

/** The same wherever the same remote store is configured; none where there is no remote store. */
export function remoteIdentity(values: Values): readonly [] | readonly [string] {
  const { 'store.remote': remote, 'store.endpoint': endpoint = '' } = values;
  return remote === undefined ? [] : [digestOf(`${endpoint} ${remote}`)];
}

const MANY = Number.MAX_SAFE_INTEGER;

export function queueAddress(values: Values): string {
  const address = values['queue.url'];
  if (address !== undefined) return address;
  throw new PipelineError('E_USAGE', 'no queue is named', {
    hint: 'Name it with `--queue redis://HOST:PORT`, PIPELINE_QUEUE, or `queue.url` in pipeline.config.yaml.',
  });
}
