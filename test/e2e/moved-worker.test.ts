/** Jobs executed as a worker on another machine would: other paths, and nothing but the job's JSON. */
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { executeJob } from '../../src/execute/job/execute-job.ts';
import type { Executor } from '../../src/execute/executor.ts';
import type { Job } from '../../src/execute/job/job.ts';
import { openCatalogue } from '../../src/kinds/catalogue.ts';
import { storeLayout } from '../../src/store/layout.ts';
import { localStore } from '../../src/store/local/local-store.ts';
import { REPEAT_KIND } from '../helpers/repeat-kind.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';
import { runSpec } from '../helpers/run-spec.ts';

const SPEC = `
name: moved
stages:
  one: { uses: command, with: { run: 'cat data/one.txt > $OUTPUT/a', deps: [data/one.txt] } }
  two: { uses: command, with: { run: 'echo 2 > $OUTPUT/a' } }
  both: { uses: ./kinds/repeat.ts, inputs: { many: [one, two] }, with: { file: data/one.txt } }
`;

function project(): string {
  const folder = temporaryFolder();
  for (const name of ['data', 'kinds']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'data', 'one.txt'), '1\n');
  writeFileSync(join(folder, 'kinds', 'repeat.ts'), REPEAT_KIND);
  writeFileSync(join(folder, 's.yaml'), SPEC);
  return join(folder, 's.yaml');
}

/** Executes each job from its JSON, with the store mounted and the project checked out elsewhere. */
function worker(store: string, checkout: string, jobs: Job[]): Executor {
  const layout = storeLayout(join(temporaryFolder(), 'mounted'));
  symlinkSync(store, layout.root);
  const environment = { layout, store: localStore(layout), project: checkout, kinds: openCatalogue(layout) };
  return {
    name: 'moved',
    run(job, options) {
      const received = JSON.parse(JSON.stringify(job)) as Job;
      jobs.push(received);
      return executeJob(received, environment, options);
    },
  };
}

function copyOf(file: string): string {
  const checkout = temporaryFolder();
  cpSync(dirname(file), checkout, { recursive: true });
  return checkout;
}

describe('a job', () => {
  it('gives the same bytes on a worker that has store and project under other paths', async () => {
    const file = project();
    const here = storeLayout(temporaryFolder());
    const expected = await runSpec(file, { layout: here, store: localStore(here) });
    expect(expected.states).toEqual({ one: 'executed', two: 'executed', both: 'executed' });

    const layout = storeLayout(temporaryFolder());
    const jobs: Job[] = [];
    const checkout = copyOf(file);
    const { states, digests } = await runSpec(file, {
      layout,
      store: localStore(layout),
      executor: () => worker(layout.root, checkout, jobs),
    });
    expect(states).toEqual(expected.states);
    expect(digests).toEqual(expected.digests);
    expect(jobs.map(({ stage }) => stage).sort()).toEqual(['both', 'one', 'two']);
  });

  it('holds no path of the machine that planned it', async () => {
    const file = project();
    const layout = storeLayout(temporaryFolder());
    const jobs: Job[] = [];
    const executor = (): Executor => worker(layout.root, dirname(file), jobs);
    await runSpec(file, { layout, store: localStore(layout), executor });
    const text = JSON.stringify(jobs);
    expect(text).not.toContain(layout.root);
    expect(text).not.toContain(dirname(file));
    const both = jobs.find(({ stage }) => stage === 'both')!;
    expect(both).toMatchObject({ params: { file: 'data/one.txt' }, paths: ['/file'] });
    expect(both.kind).toMatchObject({ name: 'repeat', module: 'kinds/repeat.ts' });
    expect(both.inputs).toMatchObject({ many: [{ stage: 'one' }, { stage: 'two' }] });
  });

  it('is refused by a worker whose code is another', async () => {
    const file = project();
    const checkout = copyOf(file);
    writeFileSync(join(checkout, 'kinds', 'repeat.ts'), REPEAT_KIND.replace("'text'", "'other'"));
    const layout = storeLayout(temporaryFolder());
    const { states, events } = await runSpec(file, {
      layout,
      store: localStore(layout),
      executor: () => worker(layout.root, checkout, []),
    });
    expect(states).toEqual({ one: 'executed', two: 'executed', both: 'failed' });
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      stage: 'both',
      code: 'E_VERSION',
      message: "the code of stage kind 'repeat' here is not the code that the job was planned with",
    });
  });

  it('counts as failed where the executor reports success and the store has nothing', async () => {
    const layout = storeLayout(temporaryFolder());
    const { states, events } = await runSpec(project(), {
      layout,
      store: localStore(layout),
      executor: () => ({ name: 'boastful', run: () => Promise.resolve({ state: 'executed', seconds: 1 }) }),
    });
    expect(states['one']).toBe('failed');
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({ code: 'E_STORE' });
  });
});
