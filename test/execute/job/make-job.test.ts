import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src/execute/job/job.ts';
import { makeJob } from '../../../src/execute/job/make-job.ts';
import { paramsOf } from '../../../src/execute/job/resolve-job.ts';
import type { ToRun } from '../../../src/execute/stage-end.ts';
import type { StageSpec } from '../../../src/spec/spec.ts';
import type { FoundArtifact } from '../../../src/store/store.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';
import { manifestFor } from '../../store/fixtures.ts';

const stage = {
  name: 's',
  kind: {
    name: 'k',
    code: 'c0de',
    declaration: { inputs: { many: { many: true } } },
    file: '/project/kinds/k.ts',
  },
  inputs: { many: ['a'], one: ['b'] },
  with: {
    below: '/project/data/*.csv',
    itself: '/project',
    outside: '/shared/vectors.bin',
    beside: '/project-two/x',
    url: 'https://example.org/x',
    rooted: 'inside/an/input',
    text: '/project/data/no-path',
  },
  paths: [
    { pointer: '/below', value: '/project/data/*.csv' },
    { pointer: '/itself', value: '/project' },
    { pointer: '/outside', value: '/shared/vectors.bin' },
    { pointer: '/beside', value: '/project-two/x' },
    { pointer: '/url', value: 'https://example.org/x' },
    { pointer: '/rooted', value: 'inside/an/input', rootedIn: 'one' },
  ],
} as unknown as StageSpec;

function jobOf(reasons: ToRun['reasons'] = [{ type: 'never-run' }]): Job {
  const { key, keyDocument: document } = manifestFor(0);
  const inputs = new Map<string, FoundArtifact>([
    ['a', { manifest: manifestFor(1), path: null }],
    ['b', { manifest: manifestFor(2), path: '/somewhere' }],
  ]);
  const toRun: ToRun = { state: 'run', key, document, reasons, against: null };
  return makeJob(stage, toRun, inputs, { project: '/project', threads: 2, engine: null });
}

describe('a job', () => {
  it('has paths below the project relative to it, and resolves them against another', async () => {
    const job = jobOf();
    const folder = temporaryFolder();
    const rooted = join(folder, 'inside/an/input');
    mkdirSync(rooted, { recursive: true });
    const inputs = { one: { type: 'files', stage: 'b', path: folder, digest: '', metrics: {} } };
    expect(job.params).toEqual({
      ...stage.with,
      below: 'data/*.csv',
      itself: '.',
    });
    expect(job.kind).toEqual({ name: 'k', code: 'c0de', module: 'kinds/k.ts' });
    expect(await paramsOf(job, '/elsewhere', inputs)).toEqual({
      ...stage.with,
      rooted,
      below: '/elsewhere/data/*.csv',
      itself: '/elsewhere',
    });
    expect(await paramsOf(job, '/project', inputs)).toEqual({ ...stage.with, rooted });
  });

  it('names its inputs by key, in a list where the kind takes many', () => {
    const { key, digest } = manifestFor(1);
    expect(jobOf().inputs).toEqual({
      many: [{ stage: 'a', kind: 'made', key, digest }],
      one: { stage: 'b', kind: 'made', key: manifestFor(2).key, digest },
    });
  });

  it('survives JSON, and says whether it was forced', () => {
    const job = jobOf([{ type: 'forced' }]);
    expect(JSON.parse(JSON.stringify(job))).toEqual(job);
    expect([job.forced, jobOf().forced]).toEqual([true, false]);
  });
});
