/** Files that change between the plan and the end of the stage that reads them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { makeRig, type Rig } from '../helpers/rig.ts';

/** Says that it has begun and waits until it may go on; both files lie where no stage declares them. */
const waits = (name: string): string => `touch ${name}.begun; until test -e ${name}.go; do sleep 0.05; done`;

function project(stages: string, files: Readonly<Record<string, string>>): Rig {
  const rig = makeRig();
  rig.write({ 's.yaml': `stages:\n${stages}`, ...files });
  return rig;
}

const begun = (rig: Rig, name: string): Promise<void> =>
  eventually(`the stage '${name}'`, () => existsSync(join(rig.folder, `${name}.begun`))).then(
    () => undefined,
  );

/** What the stage's current result holds. */
async function resultOf(rig: Rig, stage: string): Promise<string> {
  const { stdout } = await rig.pipeline('show', 's.yaml', '--json');
  const { stages } = JSON.parse(stdout) as { stages: Record<string, { path: string }> };
  return rig.read(`${stages[stage]!.path.replace(rig.folder, '.')}/o`);
}

const warnings = (events: Awaited<ReturnType<Rig['run']>>['events']): unknown[] =>
  events
    .filter(({ type, level }) => type === 'stage-log' && level === 'warning')
    .map(({ message }) => message);

describe('a file that is edited', () => {
  it('before the stage that reads it begins gives the stage another key', async () => {
    const rig = project(
      `  slow: { uses: command, with: { run: '${waits('slow')}; echo > "$OUTPUT/x"' } }
  after: { uses: command, inputs: { slow: slow }, with: { run: 'cat script.txt > "$OUTPUT/o"', deps: [script.txt] } }`,
      { 'script.txt': 'before' },
    );
    const running = rig.run('s.yaml');
    await begun(rig, 'slow');
    rig.write({ 'script.txt': 'after', 'slow.go': '' });
    const { code, stages } = await running;
    expect([code, stages]).toEqual([0, { slow: 'finished', after: 'finished' }]);
    expect((await rig.run('s.yaml')).stages).toEqual({ slow: 'cached', after: 'cached' });
    expect(await resultOf(rig, 'after')).toBe('after');
    rig.write({ 'script.txt': 'before' });
    expect((await rig.run('s.yaml')).stages).toEqual({ slow: 'cached', after: 'finished' });
    expect(await resultOf(rig, 'after')).toBe('before');
  });

  it('before it begins to what it once was is found in the store', async () => {
    const rig = project(
      `  slow: { uses: command, with: { run: '${waits('slow')}; echo > "$OUTPUT/x"' } }
  after: { uses: command, inputs: { slow: slow }, with: { run: 'cat script.txt > "$OUTPUT/o"', deps: [script.txt] } }`,
      { 'script.txt': 'once', 'slow.go': '' },
    );
    await rig.run('s.yaml');
    rig.write({ 'script.txt': 'other' });
    const blocked = rig.read('s.yaml').replaceAll('slow.', 'next.');
    rig.write({ 's.yaml': blocked });
    const running = rig.run('s.yaml');
    await begun(rig, 'next');
    rig.write({ 'script.txt': 'once', 'next.go': '' });
    expect((await running).stages).toEqual({ slow: 'finished', after: 'cached' });
  });

  it.each([
    ['edited', 'new', 'new'],
    ['edited and put back', 'old', 'old'],
  ])('and is %s while the stage runs makes it run again', async (_, then, result) => {
    const rig = project(
      `  s: { uses: command, with: { run: 'cp data/a.txt "$OUTPUT/o"; ${waits('s')}', deps: [data] } }`,
      { 'data/a.txt': 'old' },
    );
    const running = rig.run('s.yaml');
    await begun(rig, 's');
    rig.write({ 'data/a.txt': 'new' });
    rig.write({ 'data/a.txt': then, 's.go': '' });
    const { code, stages, events } = await running;
    expect([code, stages]).toEqual([0, { s: 'finished' }]);
    expect(warnings(events)).toEqual([
      'changed while the stage ran, which is executed again: deps.0: a.txt was written',
    ]);
    expect(await resultOf(rig, 's')).toBe(result);
    expect((await rig.run('s.yaml')).stages).toEqual({ s: 'cached' });
  });

  it('by the stage itself, every time, ends it with an error that names the file', async () => {
    const rig = project(
      `  s: { uses: command, with: { run: 'date +%s%N >> data/log.txt; cat data/* > "$OUTPUT/o"', deps: [data] } }`,
      { 'data/a.txt': 'a' },
    );
    const { code, stages, events } = await rig.run('s.yaml');
    expect([code, stages]).toEqual([1, { s: 'failed' }]);
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      code: 'E_INPUT',
      message: "files that 's' reads were written while it ran, 3 times: deps.0: log.txt was written",
    });
    expect(existsSync(join(rig.folder, 'artifacts', 'command'))).toBe(false);
  });

  it('to nothing fails the stage with its path', async () => {
    const rig = project(
      `  slow: { uses: command, with: { run: '${waits('slow')}; rm script.txt' } }
  after: { uses: command, inputs: { slow: slow }, with: { run: 'cat script.txt', deps: [script.txt] } }`,
      { 'script.txt': 'x', 'slow.go': '' },
    );
    const { events } = await rig.run('s.yaml');
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      stage: 'after',
      code: 'E_INPUT',
      message: `there is no file, folder or match for ${join(rig.folder, 'script.txt')} any more`,
    });
  });

  it("counts where a user's kind or a built-in one reads it", async () => {
    const rig = project(
      `  corpus: { uses: ingest, with: { format: beir, folder: data } }
  own: { uses: ./own.ts, with: { file: own.txt } }`,
      {
        'data/corpus.jsonl': '{"_id":"d1","text":"river"}\n',
        'data/queries.jsonl': '{"_id":"q1","text":"river"}\n',
        'data/qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq1\td1\t1\n',
        'own.txt': 'old',
        'own.ts': `
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { defineStage } from 'two-tower/stage';
export const stage = defineStage<{ file: string }>({
  description: 'Copies a file, then waits.',
  parameters: { type: 'object', properties: { file: { type: 'string', 'x-path': 'input', description: 'A file.' } } },
  inputs: {},
  output: 'files',
  run: async ({ params, output, project }) => {
    copyFileSync(params.file, output + '/o');
    writeFileSync(project + '/own.begun', '');
    while (!existsSync(project + '/own.go')) await new Promise((resolve) => setTimeout(resolve, 20));
    return {};
  },
});`,
      },
    );
    const running = rig.run('s.yaml');
    await begun(rig, 'own');
    rig.write({ 'own.txt': 'new', 'own.go': '' });
    expect((await running).code).toBe(0);
    expect(await resultOf(rig, 'own')).toBe('new');
  });
});
