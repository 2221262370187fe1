import { expect, it } from 'vitest';
import type { JsonObject, Progress } from '../../../src/stage.ts';
import { stage } from '../../../stages/train/kind.ts';
import { runKind } from '../../helpers/run-kind.ts';
import { makeWorld } from './fixtures.ts';

async function progressOf(params: JsonObject, logs: string[] = []): Promise<Progress[]> {
  const { inputs } = makeWorld();
  const reports: Progress[] = [];
  const watched: typeof stage = {
    ...stage,
    run: (context) =>
      stage.run({
        ...context,
        progress: (report) => reports.push(report),
        log: (line) => logs.push(line),
      }),
  };
  await runKind(watched, {
    params: { encoder: { hidden: 4 }, embeddings: { dimensions: 4 }, batch_size: 100, ...params },
    inputs,
  });
  return reports;
}

it('the count of triplets only rises, from the first step to the end of the last validation', async () => {
  const reports = await progressOf({ epochs: 3 });
  const { total } = reports[0]!;
  expect(reports.every((report) => report.unit === 'triplets' && report.total === total)).toBe(true);
  const counts = reports.map(({ done }) => done);
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(counts.at(-1)).toBe(total);
});

it('a validation is a part with its own count, and says to which epoch it belongs', async () => {
  const reports = await progressOf({ epochs: 2 });
  const validations = reports.filter(({ part }) => part !== undefined);
  expect(validations.map(({ note, part }) => `${note!} ${part!.label}`)).toEqual(
    expect.arrayContaining(['epoch 1/2 validation', 'epoch 2/2 validation']),
  );
  for (const { part } of validations) expect(part).toMatchObject({ unit: 'texts', total: part!.total });
  expect(validations.at(-1)!.part!.done).toBe(validations.at(-1)!.part!.total);
});

it('a training that max_steps ends in the middle of an epoch still comes to 100 %', async () => {
  const last = (await progressOf({ epochs: 3, max_steps: 4 })).at(-1)!;
  expect(last.done).toBe(last.total);
});

it('each epoch leaves a line in the log', async () => {
  const logs: string[] = [];
  await progressOf({ epochs: 2 }, logs);
  expect(logs).toEqual([
    expect.stringMatching(/^epoch 1\/2 · loss \d+\.\d{4} · validation MRR@10 \d\.\d{4}$/),
    expect.stringMatching(/^epoch 2\/2 · loss /),
  ]);
});
