import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMAND, makeRig, type Rig } from '../helpers/rig.ts';

const BASE = 'params: { seed: 1 }\nstages: { corpus: { uses: ingest, with: { format: csv } } }\n';
const SPEC = `
extends: base.yaml
params: { data: { folder: x } }
stages:
  model: { uses: train }
  own: { uses: ./kind.ts, with: { depth: 3 } }
`;

function rigWithSpec(): Rig {
  const rig = makeRig();
  rig.write({
    'base.yaml': BASE,
    'exp.yaml': SPEC,
    'specs/other.yml': '',
    'notes.txt': '',
    'exp.lock.yaml': '',
  });
  return rig;
}

/** What the last word could become. */
async function candidates(rig: Rig, ...words: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await rig.pipeline('__complete', ...words);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('completion offers', () => {
  it('commands, and none that is hidden', async () => {
    const rig = makeRig();
    expect(await candidates(rig, 're')).toEqual(['reproduce', 'report']);
    expect(await candidates(rig, '')).toEqual(expect.arrayContaining(['run', 'plan', 'logs', 'completion']));
    expect(await candidates(rig, '_')).toEqual([]);
  });

  it('the flags of a command', async () => {
    expect(await candidates(makeRig(), 'run', 'x.yaml', '--ke')).toEqual(['--keep-going']);
  });

  it('specs and folders, but no lock and no other file', async () => {
    const rig = rigWithSpec();
    expect(await candidates(rig, 'run', '')).toEqual(['artifacts/', 'base.yaml', 'exp.yaml', 'specs/']);
    expect(await candidates(rig, 'run', 'specs/o')).toEqual(['specs/other.yml']);
  });

  it('the stages of the spec, inherited ones too', async () => {
    const rig = rigWithSpec();
    expect(await candidates(rig, 'show', 'exp.yaml', '')).toEqual(['corpus', 'model', 'own']);
    expect(await candidates(rig, 'run', 'exp.yaml', '--only', 'corpus,m')).toEqual(['corpus,model']);
    expect(await candidates(rig, 'run', '--jobs', '2', 'exp.yaml', '--until', 'o')).toEqual(['own']);
  });

  it('formats of an exported model, and then specs as well as runs', async () => {
    const rig = rigWithSpec();
    expect(await candidates(rig, 'export', '--to', '')).toEqual([
      'archive',
      'onnx',
      'huggingface',
      'kubernetes',
    ]);
    expect(await candidates(rig, 'export', '')).toEqual(['latest']);
    expect(await candidates(rig, 'export', '--to', 'onnx', '')).toEqual([
      'artifacts/',
      'base.yaml',
      'exp.yaml',
      'specs/',
      'latest',
    ]);
    expect(await candidates(rig, 'import-model', 'spe')).toEqual(['specs/']);
  });

  it('the parameters of the spec, of built-in kinds, and those written for a kind of one’s own', async () => {
    const rig = rigWithSpec();
    expect(await candidates(rig, 'run', 'exp.yaml', '--set', 'model.loss.m')).toEqual(
      expect.arrayContaining(['model.loss.margin=']),
    );
    expect(await candidates(rig, 'run', 'exp.yaml', '--set', 'params.')).toEqual([
      'params.seed=',
      'params.data.folder=',
    ]);
    expect(await candidates(rig, 'run', 'exp.yaml', '--set', 'own.')).toEqual(['own.depth=']);
    expect(await candidates(rig, 'run', 'exp.yaml', '--set', 'engine.b')).toEqual(['engine.backend=']);
  });

  it('runs and tags, and the stages of a run', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': `stages: { one: { uses: command, with: { run: 'echo > $OUTPUT/x' } } }\n` });
    const { events } = await rig.run('s.yaml');
    await rig.pipeline('tag', 'latest', 'baseline');
    const id = String(events[0]!['run']);
    expect(await candidates(rig, 'compare', '')).toEqual(['latest', 'baseline', id]);
    expect(await candidates(rig, 'logs', 'base')).toEqual(['baseline']);
    expect(await candidates(rig, 'logs', 'latest', '')).toEqual(['one']);
  });

  it('nothing, and no error, where a spec or a store cannot be read', async () => {
    const rig = makeRig();
    rig.write({ 'broken.yaml': 'stages: { a: [\n', 'list.yaml': '- 1\n' });
    for (const spec of ['broken.yaml', 'list.yaml', 'missing.yaml'])
      expect(await candidates(rig, 'show', spec, '')).toEqual([]);
    expect(await candidates(rig, 'compare', '--store', 'nowhere', '')).toEqual([]);
    expect(await candidates(rig, 'no-such-command', '')).toEqual([]);
  });
});

/** A folder with `pipeline` in it, first in the PATH. */
function environment(rig: Rig): NodeJS.ProcessEnv {
  const bin = join(rig.folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'pipeline'), `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' "$@"\n`);
  chmodSync(join(bin, 'pipeline'), 0o755);
  return { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
}

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

describe('the scripts', () => {
  it.skipIf(!has('bash'))('bash completes with them', () => {
    const rig = rigWithSpec();
    const complete = (...words: string[]): string[] => {
      const script = `source <(pipeline completion bash)
        COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
        _pipeline; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p pipeline`;
      const output = execFileSync('bash', ['--norc', '-c', script], {
        cwd: rig.folder,
        env: environment(rig),
        encoding: 'utf8',
      });
      const lines = output.trimEnd().split('\n');
      expect(lines.pop()).toBe('complete -F _pipeline pipeline');
      return lines;
    };
    expect(complete('pipeline', 'pl')).toEqual(['plan']);
    expect(complete('pipeline', 'show', 'exp.yaml', '')).toEqual(['corpus', 'model', 'own']);
    expect(complete('pipeline', 'run', 'exp.yaml', '--set', 'own.')).toEqual(['own.depth=']);
  });

  it.skipIf(!has('zsh'))('zsh loads its script', () => {
    const rig = rigWithSpec();
    const script =
      'autoload -U compinit; compinit -u; source <(pipeline completion zsh); print $_comps[pipeline]';
    const output = execFileSync('zsh', ['-fc', script], { env: environment(rig), encoding: 'utf8' });
    expect(output).toBe('_pipeline\n');
  });

  it.skipIf(!has('fish'))('fish completes with its script', () => {
    const rig = rigWithSpec();
    const script = `pipeline completion fish | source; complete -C 'pipeline show exp.yaml m'`;
    const output = execFileSync('fish', ['--no-config', '-c', script], {
      cwd: rig.folder,
      env: environment(rig),
      encoding: 'utf8',
    });
    expect(output).toBe('model\n');
  });

  it('an unknown shell is refused with the known ones', async () => {
    const { code, stderr } = await makeRig().pipeline('completion', 'csh');
    expect(code).toBe(2);
    expect(stderr).toContain('bash, zsh, fish');
  });
});
