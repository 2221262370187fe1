import { describe, expect, it } from 'vitest';
import {
  classOf,
  engineName,
  parseClass,
  serves,
} from '../../../../src/execute/executors/queue/resource-class.ts';
import type { Job } from '../../../../src/execute/job/job.ts';
import type { Engine } from '../../../../src/stage.ts';

const WASM: Engine = { backend: 'wasm', precision: 'exact', device: 'cpu', version: '1' };
const TENSORFLOW: Engine = { backend: 'tensorflow', precision: 'fast', device: 'gpu', version: 'x@4 lib 2' };

function job(resources: Job['resources'], engine: Engine | null = null): Pick<Job, 'document' | 'resources'> {
  return { resources, document: { engine } as Job['document'] };
}

const worker = { engines: [engineName(WASM)], memory: 16e9, gpu: 1 };

describe('a resource class', () => {
  it('is named after the engine and what the stage declares', () => {
    expect(classOf(job(null)).name).toBe('any');
    expect(classOf(job({ threads: 4, memory: 2 ** 31, gpu: 1 }, WASM)).name).toBe(
      'wasm1-4threads-2048mib-1gpu',
    );
    expect(classOf(job(null, TENSORFLOW)).name).toMatch(/^tensorflow[0-9a-f]{8}$/);
  });

  it.each([null, { threads: 4 }, { memory: 2 ** 31 }, { gpu: 2 }, { threads: 1, memory: 2 ** 20, gpu: 1 }])(
    'of %j is read back from its name',
    (resources) => {
      const one = classOf(job(resources, WASM));
      expect(parseClass(one.name)).toEqual(one);
    },
  );

  it('of a later version is ignored', () => {
    expect(parseClass('wasm1-2disks')).toBeUndefined();
  });

  it('is served by a worker with enough memory and GPUs, and with fewer threads', () => {
    expect(serves(worker, classOf(job({ memory: 16e9, gpu: 1, threads: 64 })))).toBe(true);
    expect(serves(worker, classOf(job({ memory: 17e9 })))).toBe(false);
    expect(serves(worker, classOf(job({ gpu: 2 })))).toBe(false);
  });

  it('with an engine is served only by a worker that has the same version of it', () => {
    expect(serves(worker, classOf(job(null, WASM)))).toBe(true);
    expect(serves(worker, classOf(job(null, { ...WASM, precision: 'fast' })))).toBe(true);
    expect(serves(worker, classOf(job(null, TENSORFLOW)))).toBe(false);
    const other = { ...worker, engines: [engineName({ ...TENSORFLOW, version: 'x@4 lib 3' })] };
    expect(serves(other, classOf(job(null, TENSORFLOW)))).toBe(false);
  });
});
