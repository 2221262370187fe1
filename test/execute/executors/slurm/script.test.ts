import { describe, expect, it } from 'vitest';
import {
  batchScript,
  resourceOptions,
  secondsOf,
  turnOf,
} from '../../../../src/execute/executors/slurm/script.ts';
import type { Job } from '../../../../src/execute/job/job.ts';

const job = (given: Partial<Job>): Job =>
  ({ threads: 1, resources: null, timeout: null, retries: null, ...given }) as Job;

describe('the options of a job', () => {
  it('translate threads, memory and graphics cards, with room for the worker', () => {
    const resources = { threads: 4, memory: 4 * 2 ** 30, gpu: 2 };
    const options = resourceOptions(job({ threads: 4, resources }), {}, 1);
    expect(options).toEqual(expect.arrayContaining(['--cpus-per-task=4', '--mem=4224M', '--gres=gpu:2']));
  });

  it('ask for time for every attempt and the pauses between them', () => {
    const retries = { count: 2, delay: 60, factor: 2, longest: 100 };
    expect(resourceOptions(job({ timeout: 600, retries }), {}, 1)).toContain('--time=38');
  });

  it('ask for the configured time where the stage has no timeout, and say so before it is over', () => {
    const options = resourceOptions(job({}), { time: '0:02:00' }, 1);
    expect(options).toEqual(expect.arrayContaining(['--time=0:02:00', '--signal=B:USR1@30']));
  });

  it('ask for more memory after it was used up, and leave it to the cluster where the stage says nothing', () => {
    expect(resourceOptions(job({ resources: { memory: 2 ** 30 } }), {}, 2)).toContain('--mem=2176M');
    expect(resourceOptions(job({}), {}, 2).join(' ')).not.toContain('--mem');
  });

  it('contain what the configuration says', () => {
    const settings = { partition: 'gpu', account: 'lab', qos: 'long', extra: ['--constraint=a100'] };
    expect(resourceOptions(job({}), settings, 1)).toEqual(
      expect.arrayContaining(['--partition=gpu', '--account=lab', '--qos=long', '--constraint=a100']),
    );
  });
});

describe('a time limit', () => {
  it.each([
    ['90', 5_400],
    ['90:30', 5_430],
    ['1:30:00', 5_400],
    ['1-0', 86_400],
    ['1-12:30:00', 131_400],
  ])('%s has %i seconds', (text, seconds) => {
    expect(secondsOf(text)).toBe(seconds);
  });

  it('of words has none', () => {
    expect(secondsOf('UNLIMITED')).toBeUndefined();
  });
});

describe('the time in which a job of an array takes further stages', () => {
  it.each([
    ['4:00:00', 30],
    ['0:04:00', 12],
    ['UNLIMITED', 30],
  ])('with a limit of %s is %i s', (time, seconds) => {
    expect(turnOf(job({}), { time })).toBe(seconds);
  });

  it('is part of the margin that is asked for with a timeout', () => {
    expect(turnOf(job({ timeout: 1 }), {})).toBe(18);
  });
});

describe('the script of a job', () => {
  const parts = { settings: {}, store: '/s', project: "/it's", task: { file: '/s/tasks/k/1.json' } };

  it('becomes the worker, so that signals reach it', () => {
    expect(batchScript(parts)).toMatch(/\nexec '.*' '.*pipeline\.cjs' exec --task '\/s\/tasks\/k\/1\.json'/);
  });

  it('of an array takes the task of its element, and ends where another element has it', () => {
    const script = batchScript({ ...parts, task: { list: '/s/tasks/k/1.list', seconds: 30 } });
    expect(script).toContain(`task="$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" '/s/tasks/k/1.list')"\n`);
    expect(script).toContain('[ -e "${task%.json}.taken" ] && exit 0\n');
    expect(script).toContain(` exec --task "$task" --then '/s/tasks/k/1.list' --for 30 --store`);
  });

  it('quotes paths', () => {
    expect(batchScript(parts)).toContain(`--project '/it'\\''s'`);
  });

  it('gives the worker the remote store that the command line of the coordinator named', () => {
    const settings = { remote: 's3://team/cache', push: false };
    expect(batchScript({ ...parts, settings })).toMatch(/ --remote 's3:\/\/team\/cache' --no-push\n$/);
  });

  it('prepares the node before a configured command', () => {
    const script = batchScript({ ...parts, settings: { command: 'module load node && pipeline' } });
    expect(script).toContain('\nmodule load node || exit 1\nexec pipeline exec --task');
  });
});
