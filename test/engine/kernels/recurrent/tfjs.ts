/**
 * tfjs with its gradients and its CPU backend. Its build for Node registers no gradients, and its ES modules name no
 * file endings, which Node does not resolve: so they are bundled first.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as tfjs from '@tensorflow/tfjs-core';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));

async function load(): Promise<typeof tfjs> {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-'));
  const outfile = join(folder, 'tfjs.mjs');
  try {
    await build({
      stdin: {
        contents: `export * from '@tensorflow/tfjs-core'; import '@tensorflow/tfjs-core/dist/register_all_gradients.js'; import '@tensorflow/tfjs-backend-cpu';`,
        resolveDir: here,
      },
      bundle: true,
      ignoreAnnotations: true,
      platform: 'node',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
      mainFields: ['module', 'main'],
      format: 'esm',
      outfile,
      logLevel: 'error',
    });
    return (await import(pathToFileURL(outfile).href)) as typeof tfjs;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const tf = await load();
await tf.setBackend('cpu');
