/**
 * What a compute thread runs, as text: it needs nothing but Node, so it works from sources, in a bundle and under a
 * test runner alike. It looks for work a little while before it sleeps, as dispatches follow each other closely.
 */
import { CONTROL } from '../abi.generated.ts';

const { slots, epoch, pending, failed } = CONTROL;

export const THREAD_SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
const { module, native, memory, thread } = workerData;
const work = native ? nativeWork() : new WebAssembly.Instance(module, { env: { memory } }).exports.work;
const control = new Int32Array(memory.buffer, ${CONTROL.address}, ${slots});
const LOOKS = 2000;
let seen = 0;
parentPort.postMessage('ready');
for (;;) {
  for (let i = 0; i < LOOKS && Atomics.load(control, ${epoch}) === seen; i++);
  Atomics.wait(control, ${epoch}, seen);
  seen = Atomics.load(control, ${epoch});
  if (seen === -1) break;
  try {
    work(${CONTROL.address}, thread);
  } catch {
    Atomics.store(control, ${failed}, 1);
    Atomics.notify(control, ${pending});
    break;
  }
}
function nativeWork() {
  const work = require(native.addon)[native.work];
  const bytes = new Uint8Array(memory.buffer);
  return (control, thread) => {
    work(bytes, control, thread);
    wakeWaiting();
  };
}
// WebAssembly does this itself; native code has no way to.
function wakeWaiting() {
  if (Atomics.load(control, ${pending}) === 0) Atomics.notify(control, ${pending});
}
`;
