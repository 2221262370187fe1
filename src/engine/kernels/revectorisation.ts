/**
 * V8's revectorisation of WebAssembly: two operations of 128 bits in one register of 256. It is experimental, a flag of the
 * whole process, and has to be on before a module is compiled. Its users prove what it computes by a known-answer test.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';

const FLAG = 'experimental-wasm-revectorize';

let offered: Promise<boolean> | undefined;

/** Whether this V8 has it. Node is asked in a process of its own, as setting a flag that is not there prints an error. */
export function offersRevectorisation(): Promise<boolean> {
  offered ??= promisify(execFile)(process.execPath, ['--v8-options'], { maxBuffer: 2 ** 24 }).then(
    ({ stdout }) => stdout.includes(`--${FLAG} `),
    () => false,
  );
  return offered;
}

/** Turns it on. Only the optimising compiler has it, which otherwise comes too late for a test at the start. */
export function revectorise(): void {
  setFlagsFromString(`--${FLAG}`);
  setFlagsFromString('--no-liftoff');
}

export function stopRevectorising(): void {
  setFlagsFromString(`--no-${FLAG}`);
  setFlagsFromString('--liftoff');
}
