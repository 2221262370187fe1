/**
 * Which program computes the kernels of this process: native code where it can be had and proves itself, else
 * WebAssembly. With precision `exact`, and with `fast` where it fuses, both give the same bytes; so the choice is no part
 * of any key. PIPELINE_KERNELS makes it for debugging (docs/ENGINES.md).
 */
import { PipelineError } from '../../base/diagnostic.ts';
import { addonOf } from './native/addon-cache.ts';
import { findCompiler } from './native/compiler.ts';
import {
  INSTRUCTION_SETS,
  instructionSets,
  isInstructionSet,
  type InstructionSet,
} from './native/instruction-sets.ts';
import { answerOf, KNOWN_ANSWERS } from './native/known-answer.ts';
import type { Precision } from './precision.ts';
import { WASM as FAST } from './recurrent-fast.generated.ts';
import { WASM as EXACT } from './recurrent.generated.ts';
import { createHeap } from './threads/heap.ts';
import type { Program } from './threads/program.ts';
import { createThreadPool, enableRelaxedSimd } from './threads/thread-pool.ts';
import { wasmModule } from './threads/webassembly.ts';

export interface ChosenProgram extends Program {
  /** `wasm`, or the instruction set of native code. */
  readonly name: 'wasm' | InstructionSet;
  /** Why no native code is used. */
  readonly reason?: string;
}

const chosen = new Map<string, Promise<ChosenProgram>>();

/** The same for the whole process. @throws PipelineError E_ENGINE where PIPELINE_KERNELS asks for what there is not */
export function chooseProgram(precision: Precision): Promise<ChosenProgram> {
  const wanted = process.env['PIPELINE_KERNELS'] ?? '';
  const key = `${precision} ${wanted}`;
  const known = chosen.get(key) ?? choose(precision, wanted);
  chosen.set(key, known);
  return known;
}

async function choose(precision: Precision, wanted: string): Promise<ChosenProgram> {
  checkWanted(wanted);
  if (precision === 'fast') enableRelaxedSimd();
  const module = wasmModule(precision === 'fast' ? FAST : EXACT);
  if (wanted === 'wasm') return { name: 'wasm', module, reason: 'PIPELINE_KERNELS=wasm' };
  const sets = isInstructionSet(wanted) ? [wanted] : instructionSets();
  const native = await nativeProgram(precision, sets, module);
  if (!('failure' in native)) return native;
  if (wanted !== '')
    throw new PipelineError('E_ENGINE', `PIPELINE_KERNELS=${wanted}: ${native.failure}`, {
      hint: 'Leave PIPELINE_KERNELS out to use WebAssembly where there are no native kernels.',
    });
  return { name: 'wasm', module, reason: native.failure };
}

function checkWanted(wanted: string): void {
  const names = ['wasm', 'native', ...Object.keys(INSTRUCTION_SETS)];
  if (wanted !== '' && !names.includes(wanted))
    throw new PipelineError('E_USAGE', `PIPELINE_KERNELS=${wanted}: ${names.join(', ')} are possible`);
}

/** The widest of these instruction sets that can be had and proves itself; else why the last one cannot. */
async function nativeProgram(
  precision: Precision,
  sets: readonly InstructionSet[],
  module: Program['module'],
): Promise<ChosenProgram | { readonly failure: string }> {
  const compiler = findCompiler();
  if (!compiler) return { failure: 'no C compiler (cc) in the PATH' };
  let failure = `none are written for this processor (${process.arch})`;
  for (const set of sets) {
    const addon = await addonOf(compiler, { set, precision });
    if ('failure' in addon) failure = addon.failure;
    else {
      const program = { name: set, module, native: { addon: addon.path, work: 'recurrent' } } as const;
      const wrong = await failureOf(program, precision);
      if (wrong === undefined) return program;
      failure = wrong;
    }
  }
  return { failure };
}

/** Why this program must not be used: it does not load here, or other bytes come out. */
async function failureOf(program: Program, precision: Precision): Promise<string | undefined> {
  try {
    const heap = createHeap();
    const pool = await createThreadPool(heap, program, 1);
    const answer = answerOf(heap, pool);
    pool.dispose();
    return answer === KNOWN_ANSWERS[precision]
      ? undefined
      : 'the known-answer test of the native kernels failed';
  } catch (error) {
    return `the native kernels failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
