/**
 * The package as a dependency: packed, installed from the tarball in an empty project outside this repository, and
 * used there with the very files that docs/KINDS.md shows.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const DOCUMENT = readFileSync(join(ROOT, 'docs', 'KINDS.md'), 'utf8');
const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const PYTHON = process.env['PYTHON'] ?? 'python3';

/** Without what npm tells the scripts that it runs, which would hold for the inner npm too. */
const ENVIRONMENT = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))),
  NO_COLOR: '1',
};

function succeeds(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { env: ENVIRONMENT, stdio: 'ignore', timeout: 30_000 }).status === 0;
}

const REGISTRY = succeeds('npm', 'view', 'esbuild', 'version', '--fetch-retries=0', '--fetch-timeout=10000');
const UNREACHED = REGISTRY ? '' : ' (no npm registry in reach)';
const NUMPY = REGISTRY && succeeds(PYTHON, '-c', 'import numpy, duckdb');

/** Code blocks that name a file: path → content. */
function filesOf(document: string): [path: string, content: string][] {
  const blocks = document.matchAll(/^```\w+ title=(\S+)\n([\s\S]*?)^```/gm);
  return [...blocks].map(([, path, content]) => [path!, content!]);
}

/** What the document says that a command prints. */
function shownOutput(command: string): string {
  const block = DOCUMENT.split(`\`\`\`console\n$ ${command}\n`)[1];
  return block!.slice(0, block!.indexOf('```'));
}

let folder: string;
let packed: readonly string[];

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    env: ENVIRONMENT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${status}\n${stdout}${stderr}`);
  return stdout;
}

const typeCheck = (...options: string[]): string => run(process.execPath, TSC, '--noEmit', ...options);

describe.skipIf(!REGISTRY)(`installed from the tarball${UNREACHED}`, () => {
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'pipeline-installed-')));
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    const [tarball] = JSON.parse(
      execFileSync('npm', pack, { cwd: ROOT, env: ENVIRONMENT, encoding: 'utf8' }),
    ) as [{ filename: string; files: { path: string }[] }];
    packed = tarball.files.map(({ path }) => path);
    for (const [path, content] of filesOf(DOCUMENT)) write(path, content);
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    const types = `@types/node@${devDependencies['@types/node']!}`;
    run('npm', 'install', '--prefer-offline', '--no-audit', `./${tarball.filename}`, types);
  }, 300_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('carries the built modules, types, schemas and documents, and neither sources nor tests', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'dist/command.cjs',
        'dist/pipeline.cjs',
        'dist/kinds/train.json',
        'dist/types/stage.d.ts',
        'dist/types/artifacts.d.cts',
        'docs/KINDS.md',
        'schema/pipeline.schema.json',
      ]),
    );
    expect(packed.filter((path) => !/^(?:dist|docs|schema)\/|^[A-Z]+(?:\.md)?$/.test(path))).toEqual([
      'package.json',
      // Written next to an exported model.
      'python/custom_st.py',
      'python/modeling_two_tower.py',
      'python/tokenization_two_tower.py',
      'scripts/install-tensorflow.mjs',
    ]);
    expect(packed.filter((path) => path.endsWith('.map'))).toEqual([]);
  });

  it.each([
    ['nodenext', ['--module', 'nodenext']],
    ['node16', ['--module', 'node16']],
    ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler']],
  ])('has types for a kind under %s', (_, options) => {
    expect(typeCheck('-p', '.', '--skipLibCheck', 'false', ...options)).toBe('');
  });

  it('has types for CommonJS, and for a project without the types of Node', () => {
    const use = 'export const use = (context: StageContext, tokens: Tokens): unknown[] =>\n';
    const imports =
      "import type { StageContext } from 'two-tower/stage';\nimport type { Tokens } from 'two-tower/artifacts';\n";
    const signal = '  [context.signal.aborted satisfies boolean, tokens.documents.values[0]];\n';
    const compilerOptions = {
      strict: true,
      target: 'es2023',
      lib: ['es2023'],
      module: 'node16',
      types: [],
    };
    write('plain/tsconfig.json', JSON.stringify({ compilerOptions }));
    write('plain/use.cts', imports + use + signal);
    write('plain/use.mts', imports + use + signal);
    expect(typeCheck('-p', 'plain', '--skipLibCheck', 'false')).toBe('');
    write('plain/use.cts', imports + use + signal.replace('boolean', 'string'));
    expect(() => typeCheck('-p', 'plain')).toThrow(/use\.cts.*does not satisfy the expected type/);
  });

  it('can be required by CommonJS', () => {
    const script =
      "const { defineStage } = require('two-tower/stage'); const { readNpy } = require('two-tower/artifacts');";
    expect(run('node', '-p', `${script} typeof defineStage + typeof readNpy`)).toBe('functionfunction\n');
  });

  it('installs no native TensorFlow', () => {
    const installed = run('npm', 'ls', '--all', '--parseable');
    expect(installed).toContain('tfjs-core');
    expect(installed).not.toContain('tfjs-node');
  });

  it('runs a spec with a kind of its own, under both names of the command', () => {
    run('npx', 'pipeline', 'run', 'experiment.yaml');
    expect(run('npx', 'two-tower', 'plan', 'experiment.yaml')).toContain('6 cached, 0 to run');
  });

  it('tests the kind as the document says', () => {
    expect(run('node', '--test', 'kinds/shared-words.test.mjs')).toMatch(/pass 1\b/);
  });

  it('has its artifacts read from JavaScript as the document says', () => {
    expect(run('node', 'read.mjs')).toBe(shownOutput('node read.mjs'));
  });

  it.skipIf(!NUMPY)(`and from Python${NUMPY ? '' : ' (no python3 with numpy and duckdb here)'}`, () => {
    expect(run(PYTHON, 'read.py')).toBe(shownOutput('node read.mjs'));
  });

  it('runs a kind again once the code of two-tower/artifacts, which it imports, is another', () => {
    write('node_modules/two-tower/dist/entries.json', JSON.stringify({ artifacts: 'another' }));
    expect(run('npx', 'pipeline', 'plan', 'experiment.yaml')).toContain(
      "triplets    will run · the stage kind's code changed",
    );
  });
});
