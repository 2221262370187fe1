import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';

const SPEC = `
name: demo
params: { top: 2 }
stages:
  corpus:
    uses: command
    with: { run: cp text.txt $OUTPUT/text.txt, deps: [text.txt] }
  words:
    uses: command
    inputs: { corpus: corpus }
    with: { run: 'sort $INPUT_CORPUS/text.txt > $OUTPUT/words.txt' }
  top:
    uses: ./kinds/top.js
    inputs: { words: words }
    with: { count: "\${params.top}" }
`;

const KIND = `
import { readFileSync, writeFileSync } from 'node:fs';
export const stage = {
  description: 'The first lines.',
  parameters: { type: 'object', properties: { count: { type: 'integer', description: 'How many.' } } },
  inputs: { words: { type: 'files', description: 'Words.' } },
  output: 'files',
  run({ params, inputs, output }) {
    const lines = readFileSync(inputs.words.path + '/words.txt', 'utf8').split('\\n').slice(0, params.count);
    writeFileSync(output + '/top.txt', lines.join(' '));
    return Promise.resolve({ metrics: { lines: lines.length } });
  },
};
`;

interface Reproduced {
  readonly agree: boolean;
  readonly stages: readonly {
    readonly stage: string;
    readonly verdict: string;
    readonly because: readonly string[];
    readonly files: readonly string[];
    readonly digests: readonly string[];
  }[];
}

function demo(): Rig {
  const rig = makeRig();
  rig.write({ 'demo.yaml': SPEC, 'text.txt': 'c\nb\na\n', 'kinds/top.js': KIND });
  return rig;
}

async function reproduce(rig: Rig, ...args: string[]): Promise<Reproduced & { code: number | null }> {
  const { code, stdout, stderr } = await rig.pipeline('reproduce', ...args, '--json');
  expect(stderr).toBe('');
  return { code, ...(JSON.parse(stdout) as Reproduced) };
}

const verdicts = ({ stages }: Pick<Reproduced, 'stages'>): Record<string, string> =>
  Object.fromEntries(stages.map(({ stage, verdict }) => [stage, verdict]));

describe('pipeline reproduce', () => {
  it('executes a run again from its record alone, in a store that it then removes', async () => {
    const rig = demo();
    await rig.run('demo.yaml', '--set', 'params.top=1');
    rmSync(join(rig.folder, 'demo.yaml'));
    const store = join(rig.folder, 'artifacts');
    const artifacts = readdirSync(join(store, 'command'));
    const { code, agree, ...rest } = await reproduce(rig, 'latest');
    expect([code, agree, verdicts(rest)]).toEqual([
      0,
      true,
      { corpus: 'agrees', words: 'agrees', top: 'agrees' },
    ]);
    expect([readdirSync(join(store, 'command')), readdirSync(join(store, 'tmp'))]).toEqual([artifacts, []]);
  });

  it('distinguishes a changed file or code from a stage that is not reproducible', async () => {
    const rig = demo();
    await rig.run('demo.yaml');
    rig.write({ 'text.txt': 'b\na\nc\n', 'kinds/top.js': KIND.replace("join(' ')", "join(',')") });
    const { code, ...rest } = await reproduce(rig, 'latest');
    expect([code, verdicts(rest)]).toEqual([1, { corpus: 'changed', words: 'agrees', top: 'changed' }]);
    expect(rest.stages.map(({ because }) => because.join())).toEqual([
      expect.stringContaining('the files changed') as string,
      'input corpus changed',
      expect.stringContaining('code changed') as string,
    ]);
  });

  it('finds the stage and the files that are not deterministic', async () => {
    const rig = makeRig();
    const command = (run: string): string => `{ uses: command, with: { run: '${run}' } }`;
    rig.write({
      's.yaml': `stages: { chance: ${command('date +%N > $OUTPUT/now; echo same > $OUTPUT/same')}, threads: ${command('echo $THREADS > $OUTPUT/t')}, sound: ${command('echo sound > $OUTPUT/s')} }\n`,
    });
    await rig.run('s.yaml', '--threads', '2');
    const whole = await reproduce(rig, 'latest', '--threads', '2');
    expect(verdicts(whole)).toEqual({ chance: 'differs', threads: 'agrees', sound: 'agrees' });
    expect(whole.stages[0]!.files).toEqual(['now']);
    const chance = await reproduce(rig, 'latest', '--stage', 'chance', '--times', '3', '--threads', '2');
    expect([verdicts(chance), new Set(chance.stages[0]!.digests).size]).toEqual([{ chance: 'unstable' }, 3]);
    const { stdout, code } = await rig.pipeline('reproduce', 'latest', '--stage', 'sound', '--times', '2');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/✔ agrees +sound +[0-9a-f]{12} +[0-9a-f]{12} ×2/) as string,
    ]);
  });

  it('keeps the clean stores with --into, and says what it cannot do', async () => {
    const rig = demo();
    await rig.run('demo.yaml');
    const { stderr } = await rig.pipeline('reproduce', 'latest', '--into', 'again');
    expect(stderr).toContain(`the new artifacts are in ${join(rig.folder, 'again')}`);
    expect(readdirSync(join(rig.folder, 'again', '1', 'command'))).toHaveLength(2);
    for (const [args, message] of [
      [['latest', '--into', 'again'], 'is not empty'],
      [['latest', '--stage', 'wrds'], "Did you mean 'words'?"],
      [['never'], "there is no run 'never'"],
    ] as const) {
      const refused = await rig.pipeline('reproduce', ...args);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(message) as string]);
    }
    await rig.pipeline('gc', '--older-than', '0', '--max-size', '1B');
    rmSync(join(rig.folder, 'artifacts', 'command'), { recursive: true });
    const gone = await rig.pipeline('reproduce', 'latest', '--stage', 'top');
    expect([gone.code, gone.stderr]).toEqual([
      2,
      expect.stringContaining("the artifact of 'words' in that run is no longer") as string,
    ]);
  });
});

describe('pipeline export and import', () => {
  it('carry a run to another store, where nothing has to be executed again', async () => {
    const rig = demo();
    await rig.run('demo.yaml');
    await rig.pipeline('tag', 'latest', 'paper');
    expect((await rig.pipeline('export', 'paper', '--output', 'paper.tar.gz')).code).toBe(0);
    const taken = await rig.pipeline('import', 'paper.tar.gz', '--store', 'other');
    expect([taken.code, taken.stdout]).toEqual([
      0,
      expect.stringContaining('(demo): 3 artifacts added, 0 already present') as string,
    ]);
    const { stages } = await rig.run('demo.yaml', '--store', 'other');
    expect(stages).toEqual({ corpus: 'cached', words: 'cached', top: 'cached' });
    expect((await rig.pipeline('verify', '--store', 'other')).stdout).toMatch(/^3 artifacts.*no damage/);
    expect((await rig.pipeline('show', 'paper', '--store', 'other')).stdout).toContain('lines  2');
    const again = await rig.pipeline('import', 'paper.tar.gz', '--store', 'other', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ added: 0, there: 3, conflicts: 0 });
  });

  it('keep an existing artifact when an archive has other bytes for it', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': 'stages: { now: { uses: command, with: { run: "date +%N > $OUTPUT/t" } } }\n' });
    await rig.run('s.yaml');
    await rig.pipeline('export', 'latest', '--output', 'now.tar');
    await rig.run('s.yaml', '--store', 'other');
    const before = (await rig.pipeline('show', 's.yaml', '--store', 'other', '--json')).stdout;
    const { code, stderr } = await rig.pipeline('import', 'now.tar', '--store', 'other');
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('exists with different bytes and is kept') as string,
    ]);
    expect((await rig.pipeline('show', 's.yaml', '--store', 'other', '--json')).stdout).toBe(before);
  });

  it('report errors without changing anything', async () => {
    const rig = demo();
    await rig.run('demo.yaml');
    rig.write({ 'paper.tar': 'this is no tar file' });
    for (const [args, code, message] of [
      [['export', 'latest', '--output', 'paper.zip'], 2, 'does not have the extension of an archive'],
      [['export', 'latest', '--output', 'paper.tar'], 2, 'already exists'],
      [['import', 'paper.tar', '--store', 'other'], 1, 'is not a tar, tar.gz or tar.zst archive'],
      [['import', 'absent.tar'], 2, 'there is no file'],
    ] as const) {
      const refused = await rig.pipeline(...args);
      expect([refused.code, refused.stderr]).toEqual([code, expect.stringContaining(message) as string]);
    }
    rmSync(join(rig.folder, 'artifacts', 'command'), { recursive: true });
    const { code, stderr } = await rig.pipeline('export', 'latest');
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('the artifacts of corpus, words in run') as string,
    ]);
    expect((await rig.pipeline('export', 'latest', '--stage', 'top', '--output', 'top.tar')).code).toBe(0);
  });
});

describe('help', () => {
  it.each(['reproduce', 'export', 'import', 'import-model'])('of %s has an example', async (command) => {
    const { stdout } = await makeRig().pipeline(command, '--help');
    expect(stdout).toMatch(new RegExp(`Examples?:\\n {2}pipeline ${command}`));
  });
});
