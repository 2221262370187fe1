import { describe, expect, it } from 'vitest';
import { documentsOf, kubernetesName, type Target } from '../../../src/cli/kubernetes/jobs.ts';

const TARGET: Target = {
  name: 'demo',
  spec: 's.yaml',
  folder: '/project',
  image: 'registry/demo:1',
  remote: 's3://bucket/cache',
  namespace: undefined,
  secret: 'two-tower-store',
  wait: '24h',
};

describe('a Job of Kubernetes', () => {
  it('executes one stage, and waits for its inputs in the remote store', () => {
    const resources = { threads: 2, memory: 2 ** 30, gpu: 1 };
    const [job] = documentsOf({ name: 'model', stages: ['model'], resources, values: [[]] }, TARGET);
    expect(job).toMatchObject({
      kind: 'Job',
      metadata: { name: 'demo-model' },
      spec: {
        template: {
          spec: {
            containers: [
              {
                command: expect.arrayContaining([
                  'run',
                  's.yaml',
                  '--only',
                  'model',
                  '--wait',
                  '24h',
                ]) as string[],
                resources: {
                  requests: { cpu: '2', memory: '1024Mi' },
                  limits: { memory: '1024Mi', 'nvidia.com/gpu': 1 },
                },
              },
            ],
          },
        },
      },
    });
    expect(job).not.toHaveProperty('spec.completionMode');
  });

  it('of a sweep is indexed, and each pod finds its values in a file', () => {
    const values = [['model.lr=0.1'], ['model.lr=0.2', 'params.seed=2']];
    const [map, job] = documentsOf(
      { name: 'sweep', stages: ['model'], resources: undefined, values },
      TARGET,
    );
    expect(map).toMatchObject({
      kind: 'ConfigMap',
      data: { 0: 'model.lr=0.1\n', 1: 'model.lr=0.2\nparams.seed=2\n' },
    });
    expect(job).toMatchObject({ spec: { completionMode: 'Indexed', completions: 2 } });
  });
});

describe('a name in Kubernetes', () => {
  it('stays where it is one', () => {
    expect(kubernetesName('demo', 'model')).toBe('demo-model');
  });

  it('differs for stages that differ only in what a name cannot have', () => {
    const names = ['model[seed=1]', 'model[seed_1]', 'Model seed 1'].map((stage) =>
      kubernetesName('d', stage),
    );
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?$/);
  });

  it('is cut where it is too long', () => {
    expect(kubernetesName('d', 'x'.repeat(100)).length).toBeLessThanOrEqual(52);
  });
});
