/** The instruction sets that the native kernels are written for, and those of this machine, the widest first. */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

export const INSTRUCTION_SETS = {
  avx512: {
    arch: 'x64',
    flags: ['-march=x86-64-v4', '-mprefer-vector-width=512'],
    features: ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
  },
  avx2: { arch: 'x64', flags: ['-march=x86-64-v3'], features: ['avx2', 'fma', 'bmi2'] },
  neon: { arch: 'arm64', flags: [], features: [] },
} as const;

export type InstructionSet = keyof typeof INSTRUCTION_SETS;

export const isInstructionSet = (name: string): name is InstructionSet =>
  Object.hasOwn(INSTRUCTION_SETS, name);

/**
 * Those that this processor may have. Where the system does not list the processor's features, all of the
 * architecture's: a process of its own tries them before they are used.
 */
export function instructionSets(): InstructionSet[] {
  const features = processorFeatures();
  return (Object.keys(INSTRUCTION_SETS) as InstructionSet[]).filter((name) => {
    const set = INSTRUCTION_SETS[name];
    return set.arch === process.arch && (!features || set.features.every((each) => features.has(each)));
  });
}

/** What decides which instructions run here, as text. */
export function processorText(): string {
  return JSON.stringify([process.platform, process.arch, cpus()[0]?.model, [...(processorFeatures() ?? [])]]);
}

function processorFeatures(): ReadonlySet<string> | undefined {
  try {
    const flags = /^flags\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
    return flags === undefined ? undefined : new Set(flags.split(' '));
  } catch {
    return undefined;
  }
}
