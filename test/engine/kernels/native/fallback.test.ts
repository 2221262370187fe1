import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findProgram, type Choice, type Kernel } from '../../../../src/engine/kernels/choose-program.ts';
import { answerOf, KNOWN_ANSWERS } from '../../../../src/engine/kernels/known-answers/recurrent.ts';
import { WASM } from '../../../../src/engine/kernels/recurrent.generated.ts';

const exact: Kernel = {
  work: 'recurrent',
  precision: 'exact',
  wasm: WASM,
  answer: answerOf,
  known: KNOWN_ANSWERS.exact,
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kernels-'));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  vi.stubEnv('CC', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Stands in for a compiler: a shell script whose last argument is the file to make. */
function compiler(script: string): void {
  const program = join(folder, 'cc');
  writeFileSync(program, `#!/bin/sh\nfor out; do :; done\n${script}\n`);
  chmodSync(program, 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
}

const isWasm = ({ name }: Choice): boolean => name.startsWith('wasm');

it('without a C compiler, WebAssembly computes', async () => {
  vi.stubEnv('PATH', folder);
  const choice = await findProgram(exact, '');
  expect(isWasm(choice)).toBe(true);
  expect(choice.reason).toBe('no C compiler (cc) in the PATH');
});

it('with a compiler that fails, WebAssembly computes, and the compiler is not asked again', async () => {
  compiler(`echo x >> ${folder}/asked; echo 'cc: error: no such thing' >&2; exit 1`);
  for (let i = 0; i < 2; i++)
    await expect(findProgram(exact, 'avx2')).rejects.toThrow('failed: cc: error: no such thing');
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('x\n');
  expect(isWasm(await findProgram(exact, ''))).toBe(true);
});

it('CC names a compiler by its path, with arguments', async () => {
  compiler(`echo "$1" > ${folder}/first; exit 1`);
  vi.stubEnv('CC', `${join(folder, 'cc')} --of-mine`);
  vi.stubEnv('PATH', '/nowhere:/bin:/usr/bin');
  await findProgram(exact, '');
  expect(readFileSync(join(folder, 'first'), 'utf8')).toBe('--of-mine\n');
});

it('says that the compiler which CC names is not there', async () => {
  vi.stubEnv('CC', '/nowhere/cc');
  expect((await findProgram(exact, '')).reason).toBe("CC names '/nowhere/cc', which is not there");
});

it('of a compiler that fails without a word, its exit code is told', async () => {
  compiler('exit 1');
  const choice = await findProgram(exact, '');
  expect(isWasm(choice)).toBe(true);
  expect(choice.reason).toBe(`${join(folder, 'cc')} failed: it ended with code 1`);
});

it('an addon that no process can load is never loaded here', async () => {
  compiler(`echo 'not an addon' > "$out"`);
  const choice = await findProgram(exact, '');
  expect(isWasm(choice)).toBe(true);
  expect(choice.reason).toContain('do not run here');
});

it('with a cache folder that cannot be made, WebAssembly computes', async () => {
  writeFileSync(join(folder, 'file'), '');
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'file'));
  compiler('exit 1');
  const choice = await findProgram(exact, '');
  expect(isWasm(choice)).toBe(true);
  expect(choice.reason).toContain(join(folder, 'file'));
});

it('what PIPELINE_KERNELS asks for must be there', async () => {
  vi.stubEnv('PATH', folder);
  await expect(findProgram(exact, 'native')).rejects.toThrow('no C compiler');
  await expect(findProgram(exact, 'mmx')).rejects.toThrow('expected one of wasm, wasm-revectorised, native');
});

it('WebAssembly alone is asked for with `wasm`', async () => {
  expect((await findProgram(exact, 'wasm')).name).toBe('wasm');
});
