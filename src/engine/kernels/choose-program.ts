/**
 * Which program computes the kernels of this process: native code where it can be had and proves itself, else
 * WebAssembly, with wider registers where V8 offers them. With precision `exact`, and with `fast` where it fuses, all
 * give the same bytes; so the choice is no part of any key. PIPELINE_KERNELS makes it for debugging (docs/ENGINES.md).
 */
import { PipelineError } from '../../base/diagnostic.ts';
import { addonOf } from './native/addon-cache.ts';
import { findCompiler } from './native/compiler.ts';
import { INSTRUCTION_SETS, instructionSets, isInstructionSet } from './native/instruction-sets.ts';
import type { InstructionSet } from './native/instruction-sets.ts';
import type { Precision } from './precision.ts';
import { noteProgram, type ProgramName } from './programs-used.ts';
import { offersRevectorisation, revectorise, stopRevectorising } from './revectorisation.ts';
import { createHeap, type Heap } from './threads/heap.ts';
import type { Program, WorkName } from './threads/program.ts';
import { createThreadPool, type ThreadPool } from './threads/thread-pool.ts';
import { wasmModule } from './threads/webassembly.ts';

/** Kernels that there are in WebAssembly and in C. */
export interface Kernel {
  readonly work: WorkName;
  readonly precision: Precision;
  /** The module in base64. */
  readonly wasm: string;
  /** A known-answer test: the digest of what they compute, on memory and threads of its own, and what it has to be. */
  readonly answer: (heap: Heap, pool: ThreadPool) => string;
  readonly known: string;
}

export interface Choice {
  readonly name: ProgramName;
  readonly program: Program;
  /** Why it is no native code. */
  readonly reason?: string;
}

const choices = new Map<string, Promise<Choice>>();

/** The same for the whole process. @throws PipelineError E_ENGINE where PIPELINE_KERNELS asks for what there is not */
export async function chooseProgram(kernel: Kernel): Promise<Choice> {
  const wanted = process.env['PIPELINE_KERNELS'] ?? '';
  const key = `${kernel.work} ${kernel.precision} ${wanted}`;
  const known = choices.get(key) ?? findProgram(kernel, wanted);
  choices.set(key, known);
  const choice = await known;
  noteProgram(choice.name);
  return choice;
}

const NAMES = ['wasm', 'wasm-revectorised', 'native', ...Object.keys(INSTRUCTION_SETS)];

/** `wanted` as PIPELINE_KERNELS. */
export async function findProgram(kernel: Kernel, wanted: string): Promise<Choice> {
  if (wanted !== '' && !NAMES.includes(wanted))
    throw new PipelineError('E_USAGE', `PIPELINE_KERNELS=${wanted}: expected one of ${NAMES.join(', ')}`);
  if (wanted === 'wasm') return plainWasm(kernel, 'PIPELINE_KERNELS=wasm');
  const native = wanted === 'wasm-revectorised' ? wanted : await nativeProgram(kernel, wanted);
  if (typeof native !== 'string') return native;
  const missing = (why: string): PipelineError =>
    new PipelineError('E_ENGINE', `PIPELINE_KERNELS=${wanted}: ${why}`, {
      hint: 'Without PIPELINE_KERNELS, WebAssembly computes where there is nothing faster.',
    });
  if (wanted !== '' && wanted !== 'wasm-revectorised') throw missing(native);
  const wide = await revectorised(kernel, native);
  if (wide) return wide;
  if (wanted !== '') throw missing('this Node does not offer it, or computes other bytes with it');
  return plainWasm(kernel, native);
}

function plainWasm({ wasm }: Kernel, reason: string): Choice {
  return { name: 'wasm', program: { module: wasmModule(wasm) }, reason };
}

async function revectorised(kernel: Kernel, reason: string): Promise<Choice | undefined> {
  if (!(await offersRevectorisation())) return undefined;
  revectorise();
  const program = { module: wasmModule(kernel.wasm) };
  if ((await failureOf(kernel, program)) === undefined) return { name: 'wasm-revectorised', program, reason };
  stopRevectorising();
  return undefined;
}

/** The widest instruction set, or the one wanted, that can be had and proves itself; else why the last one cannot. */
async function nativeProgram(kernel: Kernel, wanted: string): Promise<Choice | string> {
  const compiler = findCompiler();
  if (typeof compiler === 'string') return compiler;
  const sets: InstructionSet[] = isInstructionSet(wanted) ? [wanted] : instructionSets();
  let failure = `no native kernels are written for this processor (${process.arch})`;
  for (const name of sets) {
    const addon = await addonOf(compiler, { set: name, precision: kernel.precision });
    if ('failure' in addon) failure = addon.failure;
    else {
      const program = { native: { addon: addon.path, work: kernel.work } };
      const wrong = await failureOf(kernel, program);
      if (wrong === undefined) return { name, program };
      failure = wrong;
    }
  }
  return failure;
}

/** Why this program must not be used: it does not load here, or other bytes come out. */
async function failureOf({ answer, known }: Kernel, program: Program): Promise<string | undefined> {
  try {
    const heap = createHeap();
    const pool = await createThreadPool(heap, program, 1);
    const digest = answer(heap, pool);
    pool.dispose();
    return digest === known ? undefined : 'the kernels failed their known-answer test';
  } catch (error) {
    return `the kernels failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
