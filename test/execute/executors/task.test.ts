import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventReader } from '../../../src/execute/executors/task-events.ts';
import { earlierTasks, readTask, writeTask } from '../../../src/execute/executors/task.ts';
import type { Task } from '../../../src/execute/executors/task.ts';
import { storeLayout } from '../../../src/store/layout.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';

const TASK = { format: 1, project: '/p', job: { key: 'abc' } } as unknown as Task;

describe('a task', () => {
  it('is a new file each time that its key is handed out', () => {
    const layout = storeLayout(temporaryFolder());
    const written = [1, 2, 3].map(() => writeTask(layout, TASK).task);
    expect(new Set(written).size).toBe(3);
    expect(earlierTasks(layout, TASK.job.key).map(({ task }) => task)).toEqual(written);
    expect(readTask(written[0]!)).toEqual(TASK);
  });

  it('keeps the order after the ninth', () => {
    const layout = storeLayout(temporaryFolder());
    const written = Array.from({ length: 11 }, () => writeTask(layout, TASK).task);
    expect(earlierTasks(layout, TASK.job.key).map(({ task }) => task)).toEqual(written);
  });

  it('is refused where the file holds something else', () => {
    const file = join(temporaryFolder(), 'x.json');
    writeFileSync(file, '{}');
    expect(() => readTask(file)).toThrow('not a task');
  });
});

describe('the events of a task', () => {
  it('are read from where the last reading ended, whole lines only', () => {
    const file = join(temporaryFolder(), 'events');
    const reader = eventReader(file);
    expect(reader.read()).toEqual([]);
    appendFileSync(file, '{"type":"waiting"}\n{"type":"sta');
    expect(reader.read()).toEqual([{ type: 'waiting' }]);
    appendFileSync(file, 'rted","log":"ä"}\n');
    expect(reader.read()).toEqual([{ type: 'started', log: 'ä' }]);
    expect(reader.read()).toEqual([]);
  });

  it('skips a line that a full disk cut off', () => {
    const file = join(temporaryFolder(), 'events');
    writeFileSync(file, '{"type":"wai\n{"type":"alive"}\n');
    expect(eventReader(file).read()).toEqual([{ type: 'alive' }]);
  });
});
