// Builds the `pipeline` command so that it starts fast. What a run that finds everything cached needs is one CommonJS
// file, dist/command.cjs, which dist/pipeline.cjs compiles from V8's code cache. Everything else is ES modules in
// dist/lazy/, loaded when they are used. No module is loaded twice: those in dist/lazy/ take the modules that are part
// of dist/command.cjs from a registry that it keeps.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const ENTRY = 'src/cli/pipeline.ts';
/** Imported dynamically, and yet part of the command's file: every run needs them. */
const EAGER = new Set(['src/cli/commands/run.ts']);
const REGISTRY = "globalThis[Symbol.for('two-tower.modules')]";

/** Node's own modules that take long to load: each waits until one of its members is used. */
const SLOW = ['child_process', 'module', 'readline', 'timers/promises', 'zlib'];

/** Packages in CommonJS that are bundled into ES modules need it. */
export const REQUIRE =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** @param common esbuild's options of every build; @param external packages that stay in node_modules */
export async function buildCommand(dist, common, external) {
  const lazy = new Map();
  const core = await buildCore(dist, { ...common, external }, lazy);
  await build({
    ...common,
    external,
    entryPoints: Object.fromEntries([...lazy].sort()),
    outdir: join(dist, 'lazy'),
    splitting: true,
    minifySyntax: true,
    sourcemap: true,
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: REQUIRE },
    plugins: [fromRegistry(core)],
  });
  await buildStart(dist, common);
}

/** Builds dist/command.cjs. Returns the modules in it, and adds those that it imports when needed to `lazy`. */
async function buildCore(dist, common, lazy) {
  const options = {
    ...common,
    format: 'cjs',
    minifySyntax: true,
    metafile: true,
    outfile: join(dist, 'command.cjs'),
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [leaveOut(common.external, lazy), slowBuiltins],
  };
  const { metafile } = await build({ ...options, entryPoints: [ENTRY], write: false });
  const modules = Object.keys(metafile.inputs)
    .filter((path) => path.startsWith('src/'))
    .sort();
  const entries = modules.map((path) => `  '${path}': () => require('./${path}'),`);
  const contents = `${REGISTRY} = {\n${entries.join('\n')}\n};\nvoid require('./${ENTRY}').main();\n`;
  await build({ ...options, stdin: { contents, resolveDir: root }, sourcemap: true });
  finish(join(dist, 'command.cjs'));
  return new Set(modules);
}

/**
 * Makes the file one of ASCII, which is read as bytes: only literals still have other characters, and escapes mean the
 * same there. A script cannot import by itself without a warning of Node, so dist/pipeline.cjs imports for it.
 */
function finish(file) {
  const source = readFileSync(file, 'utf8');
  const escape = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const ascii = source.replace(/[\u0080-\uffff]/g, escape);
  writeFileSync(file, ascii.replace(/\bimport\(/g, '__import('));
}

/** Makes dynamic imports of modules and packages imports of files in dist/lazy/, which `lazy` maps to what they are. */
function leaveOut(external, lazy) {
  return {
    name: 'leave-out',
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ path, resolveDir, kind }) => {
        if (kind !== 'dynamic-import' || isBuiltin(path) || external.includes(path)) return undefined;
        const module = path.startsWith('.') ? relative(root, resolve(resolveDir, path)) : path;
        if (EAGER.has(module)) return undefined;
        const name = path.startsWith('.') ? module.replace(/^src\/(.*)\.ts$/, '$1') : `packages/${path}`;
        lazy.set(name, module);
        return { path: `./lazy/${name}.js`, external: true };
      });
    },
  };
}

const slowBuiltins = {
  name: 'slow-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`^(node:)?(${SLOW.join('|')})$`) }, ({ path, namespace }) =>
      namespace === 'slow' ? undefined : { path: path.replace(/^node:/, ''), namespace: 'slow' },
    );
    onLoad({ filter: /.*/, namespace: 'slow' }, ({ path }) => {
      const members = Object.keys(createRequire(import.meta.url)(`node:${path}`));
      const getters = members.map((name) => `  get ${name}() { return load('node:${path}').${name}; },`);
      return { contents: `const load = require;\nmodule.exports = {\n${getters.join('\n')}\n};\n` };
    });
  },
};

/** Takes the modules of dist/command.cjs from its registry. */
function fromRegistry(core) {
  return {
    name: 'from-registry',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        const module = relative(root, resolve(resolveDir, path));
        if (kind === 'entry-point' || !core.has(module)) return undefined;
        return { path: module, namespace: 'registry' };
      });
      onLoad({ filter: /.*/, namespace: 'registry' }, ({ path }) => ({
        contents: `module.exports = ${REGISTRY}['${path}']();`,
      }));
    },
  };
}

/**
 * Runs a small spec, for dist/pipeline.cjs to keep what V8 compiled for a run that finds everything cached. Without it,
 * the user's first run does the same.
 */
export function compileCommand(dist) {
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-build-'));
  const env = { ...process.env, NODE_OPTIONS: undefined };
  const run = (options) =>
    execFileSync(
      process.execPath,
      [...options, join(dist, 'pipeline.cjs'), 'run', 's.yaml', '--store', 'store'],
      {
        cwd: folder,
        env,
        stdio: 'ignore',
      },
    );
  try {
    writeFileSync(
      join(folder, 's.yaml'),
      "name: s\nstages:\n  s: { uses: command, with: { run: 'true' } }\n",
    );
    // Under an option of Node's, nothing is kept: the second run is the one that counts.
    run(['--no-warnings']);
    run([]);
  } catch {
    console.warn('the command was not compiled in advance: its first run will be slower');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** dist/pipeline.cjs. Code compiled from another dist/command.cjs never counts as this one's. */
async function buildStart(dist, common) {
  const digest = createHash('sha256')
    .update(readFileSync(join(dist, 'command.cjs')))
    .digest('hex');
  await build({
    ...common,
    format: 'cjs',
    minifySyntax: true,
    entryPoints: ['src/cli/start.ts'],
    outfile: join(dist, 'pipeline.cjs'),
    define: { COMMAND_DIGEST: JSON.stringify(digest.slice(0, 16)) },
    banner: { js: '#!/usr/bin/env node' },
  });
}
