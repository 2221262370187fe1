import { mkdirSync, symlinkSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namespaceTools } from '../../src/base/namespaces.ts';
import { makeRig, type Rig } from '../helpers/rig.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

const spec = (run: string, deps: string, top = 'strict: true'): string => `
${top}
stages:
  first: { uses: command, with: { run: "echo made > $OUTPUT/made" } }
  copy:
    uses: command
    inputs: { first: first }
    with: { run: ${JSON.stringify(run)}, deps: [${deps}] }
`;

/** A PATH with few programs, and no \`unshare\` among them: what a machine without namespaces looks like. */
function withoutNamespaces(): NodeJS.ProcessEnv {
  const bin = temporaryFolder();
  mkdirSync(join(bin, 'bin'));
  for (const name of ['cat', 'cp', 'ls', 'wc']) {
    const found = spawnSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(found, join(bin, 'bin', name));
  }
  symlinkSync(process.execPath, join(bin, 'bin', 'node'));
  return { PATH: join(bin, 'bin') };
}

function project(environment: NodeJS.ProcessEnv, files: Readonly<Record<string, string>>): Rig {
  const rig = makeRig(environment);
  rig.write({ 'a.txt': 'a\n', 'data/b.txt': 'b\n', 'package.json': '{}', ...files });
  return rig;
}

const ways: readonly (readonly [string, boolean, () => NodeJS.ProcessEnv])[] = [
  [
    `in a mount namespace${namespaceTools() ? '' : ' (skipped: this machine permits none)'}`,
    namespaceTools() !== undefined,
    () => ({}),
  ],
  ['in a copy, where namespaces are not permitted', true, withoutNamespaces],
];

describe.each(ways)('strict, %s', (_, possible, environment) => {
  const here = it.skipIf(!possible);

  here('a command that reads what it declares runs as ever, and gives the same bytes', async () => {
    const run = 'cat a.txt data/*.txt $INPUT_FIRST/made > $OUTPUT/o';
    const rig = project(environment(), {
      'strict.yaml': spec(run, 'a.txt, "data/*.txt"'),
      'plain.yaml': spec(run, 'a.txt, "data/*.txt"', ''),
    });
    const { code, stderr } = await rig.pipeline('run', 'strict.yaml');
    expect(code, stderr).toBe(0);
    // No part of the key: the other spec finds the results.
    expect((await rig.run('plain.yaml')).stages).toEqual({ first: 'cached', copy: 'cached' });
    expect((await rig.run('plain.yaml', '--force')).stages).toEqual({ first: 'finished', copy: 'finished' });
    expect(await rig.digests('plain.yaml')).toEqual(await rig.digests('strict.yaml'));
  });

  here('an undeclared read is an error that names the file and what to declare', async () => {
    const rig = project(environment(), { 's.yaml': spec('cat a.txt data/b.txt > $OUTPUT/o', 'a.txt') });
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain("the command read 'data/b.txt', which it does not declare");
    expect(stderr).toContain('deps: [data/b.txt]');
  });

  here('it is an error too where the command succeeds and says nothing', async () => {
    const rig = project(environment(), {
      's.yaml': spec('cat data/b.txt > $OUTPUT/o 2>/dev/null || true', 'a.txt'),
    });
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(1);
    expect(stderr).toContain("'data/b.txt'");
  });

  here('a module that a declared script imports has to be declared', async () => {
    const files = { 'main.mjs': "import './lib.mjs';\n", 'lib.mjs': 'console.log(1);\n' };
    const rig = project(environment(), { ...files, 's.yaml': spec('node main.mjs', 'main.mjs') });
    expect((await rig.pipeline('run', 's.yaml')).stderr).toContain("'lib.mjs'");
    rig.write({ 's.yaml': spec('node main.mjs > $OUTPUT/o', 'main.mjs, lib.mjs') });
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code, stderr).toBe(0);
  });

  here('a script that is started without being declared', async () => {
    const rig = project(environment(), {
      'go.sh': '#!/bin/sh\necho 1\n',
      's.yaml': spec('/bin/sh go.sh', ''),
    });
    expect((await rig.pipeline('run', 's.yaml')).stderr).toContain("'go.sh'");
  });

  here('installed packages are readable, and a whole folder can be declared', async () => {
    const rig = project(environment(), {
      'node_modules/dep/x.txt': 'x\n',
      's.yaml': spec('cat node_modules/dep/x.txt data/b.txt > $OUTPUT/o', 'data'),
    });
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code, stderr).toBe(0);
  });

  here("files beside the spec's folder belong to the project too", async () => {
    const rig = project(environment(), {
      'specs/s.yaml': spec('cat ../a.txt ../data/b.txt > $OUTPUT/o', '../a.txt'),
    });
    expect((await rig.pipeline('run', 'specs/s.yaml')).stderr).toContain("'../data/b.txt'");
  });
});

describe('strict', () => {
  it.skipIf(!namespaceTools())('in a namespace, absolute paths are watched', async () => {
    const rig = makeRig();
    rig.write({ 'a.txt': 'a\n', 's.yaml': spec(`cat ${rig.folder}/a.txt > $OUTPUT/o`, '') });
    expect((await rig.pipeline('run', 's.yaml')).stderr).toContain("the command read 'a.txt'");
  });

  it('says once where it cannot watch everything', async () => {
    const rig = project(withoutNamespaces(), { 's.yaml': spec('cat a.txt > $OUTPUT/o', 'a.txt') });
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code, stderr).toBe(0);
    expect(stderr.match(/permits no mount namespace/g)).toHaveLength(1);
  });

  it('has to be true or false', async () => {
    const rig = project({}, { 's.yaml': spec('true', '', 'strict: always') });
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain("`strict` must be true or false, got the string 'always'");
  });
});
