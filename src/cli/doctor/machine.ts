/** Checks of the machine: Node, the numeric engines, and the libraries that stages load. */
import { execFile } from 'node:child_process';
import { arch, availableParallelism, platform, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import zlib from 'node:zlib';
import { installedVersion } from '../../base/installation.ts';
import { reasonOf } from '../../base/system-error.ts';
import { bytesText } from '../render/text.ts';
import type { Check } from './check.ts';

const OLDEST = [20, 19] as const;

export async function machineChecks(): Promise<Check[]> {
  return [
    node(),
    simd(),
    relaxedSimd(),
    sharedMemory(),
    await kernels(),
    ...tensorflow(),
    await gpu(),
    await library('@duckdb/node-api', 'corpora'),
    await library('usearch', 'indexes'),
    zstd(),
  ];
}

function node(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const sound = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  const found = `${process.version} on ${platform()}-${arch()}, ${availableParallelism()} cores, ${bytesText(totalmem())} memory`;
  if (sound) return { name: 'Node', state: 'ok', found };
  return {
    name: 'Node',
    state: 'failed',
    found,
    hint: `Install Node ${OLDEST.join('.')} or later from nodejs.org.`,
  };
}

/** `(module (func (result v128) <instructions>))` in WebAssembly's binary format, with 1-byte lengths. */
function moduleOf(instructions: readonly number[]): Uint8Array {
  const body = [0x00, ...instructions, 0x0b];
  const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const type = [0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b];
  const code = [0x0a, body.length + 2, 0x01, body.length, ...body];
  return Uint8Array.from([...header, ...type, 0x03, 0x02, 0x01, 0x00, ...code]);
}

const ZERO = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
/** f32x4.relaxed_madd, opcode 0x105 as LEB128. */
const RELAXED_MADD = [0xfd, 0x85, 0x02];

function validates(module: Uint8Array): boolean {
  const { WebAssembly } = globalThis as unknown as {
    readonly WebAssembly: { validate(code: Uint8Array): boolean };
  };
  return WebAssembly.validate(module);
}

function simd(): Check {
  const name = 'engine wasm';
  if (validates(moduleOf(ZERO))) return { name, state: 'ok', found: 'SIMD-128' };
  return {
    name,
    state: 'failed',
    found: 'this Node has no WebAssembly SIMD',
    hint: 'The processor has no SSE4.1 or NEON, or Node was started with SIMD disabled.',
  };
}

function relaxedSimd(): Check {
  const name = 'precision: fast';
  const fused = moduleOf([...ZERO, ...ZERO, ...ZERO, ...RELAXED_MADD]);
  if (validates(fused)) return { name, state: 'ok', found: 'relaxed SIMD' };
  // Node 20 has it behind a flag, which can be set at run time.
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  if (validates(fused)) return { name, state: 'ok', found: 'relaxed SIMD, behind a flag of this Node' };
  return {
    name,
    state: 'missing',
    found: 'no relaxed SIMD in this Node',
    hint: 'Install Node 22 or later for it.',
  };
}

function sharedMemory(): Check {
  const there = typeof SharedArrayBuffer === 'function';
  return {
    name: 'threads',
    state: there ? 'ok' : 'failed',
    found: there ? 'shared memory between worker threads' : 'no SharedArrayBuffer',
  };
}

/** Compiles the native kernels where they are not yet. */
async function kernels(): Promise<Check> {
  const name = 'kernels';
  const { programFor } = await import('../../engine/kernels/kernels.ts');
  try {
    const choice = await programFor('exact');
    if (choice.reason === undefined)
      return { name, state: 'ok', found: `native code for ${choice.name}; known-answer test passed` };
    const wasm = choice.name === 'wasm' ? 'WebAssembly' : 'WebAssembly, revectorised by V8';
    return {
      name,
      state: 'missing',
      found: `${wasm}; no native code: ${choice.reason}`,
      hint: 'A C compiler (gcc or clang) would make them faster, with the same results; docs/ENGINES.md says how.',
    };
  } catch (error) {
    return { name, state: 'failed', found: reasonOf(error) };
  }
}

function tensorflow(): Check[] {
  const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];
  const found = packages.flatMap((name) => {
    const version = installedVersion(name);
    return version === undefined ? [] : [`${name} ${version}`];
  });
  if (found.length > 0) return [{ name: 'engine tensorflow', state: 'ok', found: found.join(', ') }];
  return [
    {
      name: 'engine tensorflow',
      state: 'missing',
      found: 'native TensorFlow is not installed; the wasm engine is used',
      hint: 'Install it with `npm install @tensorflow/tfjs-node-gpu`, or `tfjs-node` without a GPU.',
    },
  ];
}

const TIMEOUT_MS = 10_000;

async function gpu(): Promise<Check> {
  const name = 'GPU';
  try {
    const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { timeout: TIMEOUT_MS });
    return { name, state: 'ok', found: stdout.trim().split('\n').join('; ') };
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const found = absent
      ? 'none found (nvidia-smi is not installed)'
      : `nvidia-smi failed: ${(error as Error).message.trim()}`;
    return {
      name,
      state: 'missing',
      found,
      hint: 'Optional: only the tensorflow engine uses a GPU.',
    };
  }
}

async function library(name: string, purpose: string): Promise<Check> {
  try {
    await import(name);
    return { name, state: 'ok', found: installedVersion(name) ?? 'loads' };
  } catch (error) {
    const [message] = (error as Error).message.split('\n');
    return {
      name,
      state: 'failed',
      found: `cannot be loaded, but is needed for ${purpose}: ${message!}`,
      hint: 'Run `npm ci` in the folder of this package. It installs the binaries for this platform.',
    };
  }
}

function zstd(): Check {
  const name = 'zstd archives';
  if ('createZstdCompress' in zlib) return { name, state: 'ok', found: 'export and import support .tar.zst' };
  return {
    name,
    state: 'missing',
    found: 'not supported by this Node',
    hint: 'Install Node 22.15 or later for it, or use .tar.gz.',
  };
}
