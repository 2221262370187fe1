/** Which programs computed kernels in this process, for an artifact's manifest. */

/** WebAssembly as it is, with V8's wider registers, or native code for an instruction set. */
export type ProgramName = 'wasm' | 'wasm-revectorised' | 'avx512' | 'avx2' | 'neon';

const used = new Set<ProgramName>();

export function noteProgram(name: ProgramName): void {
  used.add(name);
}

/** Sorted by name; empty where the process has opened no kernels. */
export function programsUsed(): readonly ProgramName[] {
  return [...used].sort();
}
