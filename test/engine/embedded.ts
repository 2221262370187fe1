/** The embedded engine for a test file: started before its tests, ended after them. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll } from 'vitest';
import { useEmbeddedBackend } from '../../src/engine/backends/embedded.ts';
import { openKernels, type Kernels } from '../../src/engine/kernels/kernels.ts';

export function embeddedEngine(threads = 1): () => Kernels {
  let kernels: Kernels | undefined;
  beforeAll(async () => {
    kernels = await openKernels({ threads, precision: 'exact' });
    await useEmbeddedBackend(kernels);
  });
  afterAll(() => {
    // `tf.disposeVariables` frees them without telling them, and the anchor of tables outlives this file.
    for (const variable of Object.values(tf.engine().registeredVariables)) variable.dispose();
    kernels?.dispose();
  });
  return () => kernels!;
}
