/** The C compiler of this machine, and how it makes an addon of the kernels' sources. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DIST, INSTALLATION } from '../../../base/installation.ts';
import { programInPath } from '../../../base/program-in-path.ts';
import type { Precision } from '../precision.ts';
import { INSTRUCTION_SETS, processorText, type InstructionSet } from './instruction-sets.ts';

export interface Compiler {
  readonly program: string;
  /** What `CC` has after the program, such as `gcc` in `ccache gcc`. */
  readonly args: readonly string[];
  /** Changes with the program, without asking it. */
  readonly identity: string;
}

export interface Variant {
  readonly set: InstructionSet;
  readonly precision: Precision;
}

/** `CC` names another one than `cc`: a name or a path, with arguments or without. Or why there is none. */
export function findCompiler(): Compiler | string {
  const [wanted, ...args] = (process.env['CC'] ?? '').split(/\s+/).filter((part) => part !== '');
  const names = wanted === undefined ? ['cc', 'gcc', 'clang'] : [wanted];
  const program = names.map(programInPath).find((path) => path !== undefined);
  if (program === undefined)
    return wanted === undefined
      ? 'no C compiler (cc) in the PATH'
      : `CC names '${wanted}', which is not there`;
  const { size, mtimeMs } = statSync(program);
  return { program, args, identity: JSON.stringify([realpathSync(program), args, size, mtimeMs]) };
}

/** Rounded as written: no product is fused with a sum, and no sum is taken in another order. */
const EXACT_FLAGS = ['-O3', '-std=gnu11', '-ffp-contract=off', '-fno-strict-aliasing', '-fno-math-errno'];
const ADDON_FLAGS = ['-shared', '-fPIC', '-fvisibility=hidden', '-w'];
const LINK_FLAGS = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];

function flagsOf({ set, precision }: Variant): string[] {
  const fused = precision === 'fast' ? ['-DFUSED'] : [];
  return [...EXACT_FLAGS, ...INSTRUCTION_SETS[set].flags, ...fused, ...ADDON_FLAGS, ...LINK_FLAGS];
}

/** In a clone where they are written, in a package where the build puts them. */
function sourceFolder(): string {
  const written = join(INSTALLATION, 'src', 'engine', 'kernels', 'native', 'source');
  return existsSync(written) ? written : join(DIST, 'native');
}

/** Of Node's addon interface; the npm package has nothing else that is needed. */
function headerFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('node-api-headers')), 'include');
}

/** Of all that decides what an addon is and where it runs. @throws where the headers are not installed */
export function addonDigest(compiler: Compiler, variant: Variant): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([compiler.identity, flagsOf(variant), processorText(), headerFolder()]));
  const folder = sourceFolder();
  for (const name of readdirSync(folder).sort())
    if (/\.[ch]$/.test(name)) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 32);
}

const TIMEOUT_MS = 300_000;

/** @throws where the compiler fails, with what it said */
export async function compile(
  { program, args: own }: Compiler,
  variant: Variant,
  out: string,
): Promise<void> {
  const sources = join(sourceFolder(), 'addon.c');
  const args = [...own, ...flagsOf(variant), '-I', headerFolder(), sources, '-o', out];
  await promisify(execFile)(program, args, { timeout: TIMEOUT_MS });
}
