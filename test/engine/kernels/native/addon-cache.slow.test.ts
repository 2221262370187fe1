import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findProgram, type Kernel } from '../../../../src/engine/kernels/choose-program.ts';
import { answerOf, KNOWN_ANSWERS } from '../../../../src/engine/kernels/known-answers/recurrent.ts';
import { addonOf, cacheFolder } from '../../../../src/engine/kernels/native/addon-cache.ts';
import { findCompiler } from '../../../../src/engine/kernels/native/compiler.ts';
import { instructionSets } from '../../../../src/engine/kernels/native/instruction-sets.ts';
import { WASM } from '../../../../src/engine/kernels/recurrent.generated.ts';

const found = findCompiler();
const compiler = typeof found === 'string' ? undefined : found;
const [set] = instructionSets();
const exact: Kernel = {
  work: 'recurrent',
  precision: 'exact',
  wasm: WASM,
  answer: answerOf,
  known: KNOWN_ANSWERS.exact,
};

describe.skipIf(!compiler || !set)('with a C compiler', () => {
  const variant = { set: set!, precision: 'exact' } as const;
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kernels-'));
    vi.stubEnv('XDG_CACHE_HOME', folder);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it('two that make the same addon at once both get it, and nothing else is left', async () => {
    const [a, b] = await Promise.all([addonOf(compiler!, variant), addonOf(compiler!, variant)]);
    expect(a).toEqual(b);
    expect(a).toHaveProperty('path');
    expect(readdirSync(cacheFolder()).filter((name) => !name.endsWith('.json'))).toHaveLength(1);
  });

  it('it is compiled once', async () => {
    const { path } = (await addonOf(compiler!, variant)) as { path: string };
    const { mtimeMs } = statSync(path);
    await addonOf(compiler!, variant);
    expect(statSync(path).mtimeMs).toBe(mtimeMs);
  });

  // Before this process has loaded it: Node loads no addon twice.
  it('an addon that was damaged after its test is not used', async () => {
    const { path } = (await addonOf(compiler!, variant)) as { path: string };
    renameSync(path, `${path}.aside`);
    writeFileSync(path, 'damaged');
    await expect(findProgram(exact, set!)).rejects.toThrow('the kernels failed');
    renameSync(`${path}.aside`, path);
  });

  it('an addon that ends its process is never loaded here, and WebAssembly computes', async () => {
    const source = join(folder, 'crash.c');
    writeFileSync(source, '__attribute__((constructor)) static void crash(void) { __builtin_trap(); }\n');
    const script = join(folder, 'cc');
    const real = [compiler!.program, ...compiler!.args].join(' ');
    writeFileSync(script, `#!/bin/sh\nfor out; do :; done\nexec ${real} -shared -fPIC ${source} -o "$out"\n`);
    chmodSync(script, 0o755);
    vi.stubEnv('CC', script);
    const choice = await findProgram(exact, '');
    vi.stubEnv('CC', undefined);
    expect(choice.name).toMatch(/^wasm/);
    expect(choice.reason).toMatch(/do not run here: ended by SIG(ILL|TRAP)/);
  });

  it('native code that gives other bytes is not used', async () => {
    await expect(findProgram({ ...exact, known: 'other' }, set!)).rejects.toThrow('known-answer test');
    expect((await findProgram(exact, set!)).name).toBe(set);
  });
});
