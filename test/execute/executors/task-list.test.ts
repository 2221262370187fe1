import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTaskList, takerOf, takeTask, taking } from '../../../src/execute/executors/task-list.ts';
import { taskFiles, type TaskFiles } from '../../../src/execute/executors/task.ts';
import { temporaryFolder } from '../../helpers/run-kind.ts';

function listOf(count: number): TaskFiles[] {
  const folder = temporaryFolder();
  return Array.from({ length: count }, (_, number) => taskFiles(join(folder, `${number}.json`)));
}

const always = (): boolean => true;

it('a task is taken once', () => {
  const [task] = listOf(1);
  expect(takerOf(task!)).toBeUndefined();
  expect([takeTask(task!, 3), takeTask(task!, 4)]).toEqual([true, false]);
  expect(takerOf(task!)).toBe(3);
});

it('a worker takes its own task, and then those at the end that nobody has begun', () => {
  const list = listOf(5);
  takeTask(list[3]!, 3);
  expect([...taking(list[1]!, list, always)]).toEqual([1, 4, 2, 0].map((number) => list[number]));
  expect(list.map(takerOf)).toEqual([1, 1, 1, 3, 1]);
});

it('two workers share the tasks between them', () => {
  const list = listOf(6);
  const workers = [taking(list[0]!, list, always), taking(list[1]!, list, always)];
  const taken = [0, 1, 2].flatMap(() => workers.map((worker) => worker.next().value));
  expect(new Set(taken).size).toBe(6);
  expect(workers.map((worker) => worker.next().done)).toEqual([true, true]);
});

it('a worker whose own task was taken has nothing to do', () => {
  const list = listOf(3);
  takeTask(list[0]!, 2);
  expect([...taking(list[0]!, list, always)]).toEqual([]);
  expect(takerOf(list[1]!)).toBeUndefined();
});

it('a worker takes no task that its coordinator gave up', () => {
  const list = listOf(2);
  takeTask(list[1]!, null);
  expect([...taking(list[0]!, list, always)]).toEqual([list[0]]);
  expect(takerOf(list[1]!)).toBeNull();
});

it('a worker takes no more tasks when its time is over', () => {
  const list = listOf(9);
  let left = 3;
  expect([...taking(list[0]!, list, () => left-- > 0)]).toHaveLength(4);
});

it('a task whose taker died before it could say so is taken, by nobody', () => {
  const [task] = listOf(1);
  writeFileSync(task!.taken, '');
  expect(takerOf(task!)).toBeUndefined();
  expect(takeTask(task!, 3)).toBe(false);
});

it('a folder that is gone is said', () => {
  const gone = taskFiles(join(temporaryFolder(), 'gone', '1.json'));
  expect(() => takeTask(gone, 0)).toThrow('the task cannot be taken: there is no such file or folder (');
});

it('a worker whose own task is not in the list takes none', () => {
  const [own, ...list] = listOf(3);
  expect(() => [...taking(own!, list, always)]).toThrow(/the task .*0\.json is not in the list of tasks/);
  expect([own!, ...list].map(takerOf)).toEqual([undefined, undefined, undefined]);
});

it('a list that is not there is said', () => {
  expect(() => readTaskList('/nowhere/1.list')).toThrow('the list of tasks /nowhere/1.list cannot be read');
});

it('a list has a task in each line', () => {
  const file = join(temporaryFolder(), '1.list');
  writeFileSync(file, '/s/tasks/a/1.json\n/s/tasks/x/../b/2.json\n');
  expect(readTaskList(file).map(({ result }) => result)).toEqual([
    '/s/tasks/a/1.result.json',
    '/s/tasks/b/2.result.json',
  ]);
});
