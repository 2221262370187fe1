// Loaded into a server before it starts (`node --import`): on SIGUSR2 it collects its garbage, so that what is left is what
// it needs. Memory that V8 has not collected yet is no leak, and much of what a short request leaves is such.
import { setFlagsFromString } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { runInNewContext } from 'node:vm';

if (isMainThread) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  process.on('SIGUSR2', () => {
    collect();
    collect();
  });
}
