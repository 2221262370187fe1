/** The native TensorFlow.js backend, loaded from wherever it is installed. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { PipelineError } from '../../base/diagnostic.ts';
import { findNativePackage } from './installed.ts';

/** How it calls itself. */
const NATIVE = 'tensorflow';

/** Makes it the current backend. It shares TensorFlow.js' global state with us, whatever copy of the core it brings. */
export async function useNativeBackend(threads: number): Promise<void> {
  const found = findNativePackage();
  if (!found?.addon) throw new PipelineError('E_ENGINE', 'native TensorFlow is not installed here');
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
  putBackUtilities();
  quietly(() => {
    createRequire(join(found.folder, 'package.json'))(found.folder);
  });
  await tf.setBackend(NATIVE);
}

/** Functions that the package calls: Node 22 warns of them, and Node 23 has dropped one. */
function putBackUtilities(): void {
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: (value: unknown) => Array.isArray(value),
  });
}

/** Its core and ours warn about each other's registrations, which are the same. */
function quietly(load: () => void): void {
  const kept = Object.getOwnPropertyDescriptor(console, 'warn')!;
  Object.defineProperty(console, 'warn', { ...kept, value: () => undefined });
  try {
    load();
  } catch (error) {
    throw new PipelineError('E_ENGINE', `native TensorFlow does not load: ${(error as Error).message}`, {
      hint: 'See docs/ENGINES.md for how to install it. It is not needed with `engine.backend: wasm`.',
    });
  } finally {
    Object.defineProperty(console, 'warn', kept);
  }
}
