/**
 * What a compute thread runs, as text: it needs nothing but Node, so it works from sources, in a bundle and under a
 * test runner alike. It looks for work a little while before it sleeps, as dispatches follow each other closely.
 */
import { CONTROL } from '../abi.generated.ts';

const { slots, epoch, pending, failed } = CONTROL;

export const THREAD_SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
const { module, memory, thread } = workerData;
const { work } = new WebAssembly.Instance(module, { env: { memory } }).exports;
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
`;
