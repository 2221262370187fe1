import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { isAlive, pidIn, startJob, type Job } from '../helpers/processes.ts';
import { makeRig, type Rig } from '../helpers/rig.ts';

const IDLE = 'waiting for changes; Ctrl-C ends';

const count = (text: string, part: string): number => text.split(part).length - 1;
const idles = (job: Job, times: number): Promise<unknown> =>
  eventually(`run ${times}`, () => count(job.printed(), IDLE) === times);

async function end(job: Job): Promise<string> {
  job.signal('SIGINT');
  const { code, stdout, stderr } = await job.finished;
  expect(code).toBe(130);
  return stdout + stderr;
}

/** As many editors save: a new file takes the name of the old one. No run sees half of it. */
function save(rig: Rig, name: string, text: string): void {
  writeFileSync(join(rig.folder, 'new'), text);
  renameSync(join(rig.folder, 'new'), join(rig.folder, name));
}

const stage = (run: string, more = ''): string =>
  `{ uses: command, ${more} with: { run: '${run}; echo > $OUTPUT/x' } }`;

describe('pipeline run --watch', () => {
  it('runs again when the spec, a base, a file that a stage reads or a kind changes', async () => {
    const rig = makeRig();
    rig.write({
      'base.yaml': 'params: { word: one }\n',
      's.yaml': `extends: base.yaml
stages:
  said: { uses: command, with: { run: 'echo \${params.word} > $OUTPUT/x', deps: [in.txt] } }
  own: { uses: ./kind.js }
`,
      'in.txt': '1\n',
      'kind.js': `export const stage = { description: 'x.', parameters: { type: 'object' }, inputs: {}, output: 'files',
        async run({ output, log }) { (await import('node:fs')).writeFileSync(output + '/x', 'first'); log('first'); } };`,
    });
    const job = startJob(rig, ['run', 's.yaml', '--watch']);
    await idles(job, 1);
    save(rig, 'base.yaml', rig.read('base.yaml').replace('one', 'two'));
    await idles(job, 2);
    save(rig, 'in.txt', '22\n');
    await idles(job, 3);
    save(rig, 'kind.js', rig.read('kind.js').replaceAll('first', 'second'));
    await idles(job, 4);
    save(rig, 's.yaml', rig.read('s.yaml').replace('echo ', 'echo really '));
    await idles(job, 5);
    const text = await end(job);
    expect(count(text, 's.yaml or what it reads has changed: running again')).toBe(4);
    expect(count(text, '▶ said')).toBe(4);
    expect(text).toContain('own: second');
    expect(text).not.toContain('To continue');
  });

  it('stops the running stages whose keys have changed, lets the others finish, and then runs again', async () => {
    const rig = makeRig();
    const spec = (word: string): string => `stages:
  stale: ${stage(`echo $$ > pid-${word}; echo ${word}; while ! test -e go; do sleep 0.05; done`)}
  other: ${stage('echo $$ > pid-other; while ! test -e go; do sleep 0.05; done')}
`;
    rig.write({ 's.yaml': spec('old') });
    const job = startJob(rig, ['run', 's.yaml', '--watch', '--jobs', '2']);
    const pid = (name: string): Promise<number> =>
      eventually(`stage ${name}`, () => pidIn(join(rig.folder, `pid-${name}`)));
    const [stale, other] = [await pid('old'), await pid('other')];
    save(rig, 's.yaml', spec('new'));
    await eventually('the end of the stale stage', () => !isAlive(stale));
    expect(isAlive(other)).toBe(true);
    expect(existsSync(join(rig.folder, 'pid-new'))).toBe(false);
    rig.write({ go: '' });
    await pid('new');
    await idles(job, 1);
    const text = await end(job);
    expect(text).toContain('- stale  not run');
    expect(text).toMatch(/✔ other {2}cached/);
    expect(text).toMatch(/done: 1 cached, 1 executed/);
  });

  it('shows the errors of a broken spec, and runs when it is mended', async () => {
    const rig: Rig = makeRig();
    const good = `stages: { one: ${stage('true')} }\n`;
    rig.write({ 's.yaml': 'stages: { one: { uses: comand } }\n' });
    const job = startJob(rig, ['run', 's.yaml', '--watch']);
    await idles(job, 1);
    expect(job.printed()).toContain('comand');
    save(rig, 's.yaml', good);
    await idles(job, 2);
    expect(await end(job)).toContain('done: 0 cached, 1 executed');
  });

  it('Ctrl-C stops the stages that run', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': `stages: { one: ${stage('echo $$ > pid; sleep 3600')} }\n` });
    const job = startJob(rig, ['run', 's.yaml', '--watch']);
    const pid = await eventually('the stage', () => pidIn(join(rig.folder, 'pid')));
    expect(await end(job)).toContain('Interrupted: stopping the stages. Repeat to kill them.');
    expect(isAlive(pid)).toBe(false);
  });
});
