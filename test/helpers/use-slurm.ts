/** A Slurm cluster for the tests of a file. What a failed test leaves running is ended, and its cluster is described. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { startSlurm, type Cluster, type ClusterOptions } from './slurm.ts';

export interface UseSlurmOptions extends ClusterOptions {
  /** Whether each test has a cluster of its own, as tests need that kill a part of it. */
  readonly each?: boolean;
}

export function useSlurm({ each = false, ...options }: UseSlurmOptions = {}): () => Cluster {
  let cluster: Cluster | undefined;
  const start = async (): Promise<void> => {
    cluster = await startSlurm(options);
  };
  const stop = async (): Promise<void> => {
    await cluster?.stop();
    cluster = undefined;
  };
  if (each) beforeEach(start);
  else {
    beforeAll(start);
    afterAll(stop);
  }
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail' && cluster)
      process.stderr.write(`The cluster after '${task.name}':\n${cluster.describe()}\n`);
    await (each ? stop() : cluster?.clear());
  });
  return () => cluster!;
}
