// Builds dist/ from src/ and stages/: the command, the stage process, one module per stage kind with a JSON file that
// has everything that the planner needs to know about it without loading it, and the entries that users' kinds import,
// with their types.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  chmodSync,
  readFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';
import { buildCommand, compileCommand, REQUIRE } from './build-command.mjs';
import { buildTypes } from './build-types.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const kindNames = readdirSync(join(root, 'stages'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(root, 'stages', entry.name, 'kind.ts')))
  .map((entry) => entry.name)
  .sort();

/** What users import: `exports` in package.json, `ENTRIES` in src/kinds/imports.ts. */
const publicEntries = ['stage', 'artifacts'];

/** Loaded at run time from node_modules: native or large, and needed by few commands. */
const external = ['@duckdb/*', 'usearch', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu', 'esbuild'];

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  logLevel: 'warning',
  legalComments: 'none',
};

function buildKernels() {
  const script = join(root, 'scripts', 'build-kernels.mjs');
  if (existsSync(script)) execFileSync(process.execPath, [script], { stdio: 'inherit' });
}

/** Compiled where they are used, if there is a C compiler. */
function copyNativeSources() {
  cpSync(join(root, 'src', 'engine', 'kernels', 'native', 'source'), join(dist, 'native'), {
    recursive: true,
  });
}

async function buildModules() {
  const entries = {
    'stage-process': 'src/execute/job/process/stage-process.ts',
    'search-worker': 'src/page/server/search/worker.ts',
    'view-worker': 'src/page/server/data/view-worker.ts',
  };
  for (const entry of publicEntries) entries[entry] = `src/${entry}.ts`;
  for (const kind of kindNames) entries[`kinds/${kind}`] = `stages/${kind}/kind.ts`;
  await build({
    ...common,
    entryPoints: entries,
    outdir: dist,
    splitting: true,
    external,
    sourcemap: true,
    minifySyntax: true,
    chunkNames: 'chunks/[name]-[hash]',
    banner: { js: REQUIRE },
  });
}

/** Bundled into the page. */
const PAGE_LIBRARIES = ['preact', '@dagrejs/dagre', '@dagrejs/graphlib'];

function pageLicences() {
  const texts = PAGE_LIBRARIES.map((name) =>
    readFileSync(join(root, 'node_modules', name, 'LICENSE'), 'utf8').trim(),
  );
  return [...new Set(texts)].map((text) => `${text}\n`).join('\n');
}

/** The page of `pipeline report` and `pipeline serve`: one script and one style sheet, for browsers. */
async function buildPage() {
  await build({
    absWorkingDir: root,
    bundle: true,
    format: 'iife',
    target: ['es2022', 'chrome120', 'firefox121', 'safari17.5'],
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    charset: 'utf8',
    logLevel: 'warning',
    legalComments: 'none',
    // Reports contain these libraries, so they carry their notices.
    banner: { js: `/* Contains ${PAGE_LIBRARIES.join(', ')}, under the MIT licence:\n${pageLicences()}*/` },
    entryPoints: ['src/page/app/main.tsx', 'src/page/app/app.css'],
    entryNames: 'app',
    outdir: join(dist, 'page'),
  });
}

/**
 * Digest of an entry's code, such as a kind's: its own module and every project module that it imports, as one bundle
 * without comments and white space. A cosmetic edit changes no key; an edit to a helper does.
 */
async function codeOf(entry) {
  const result = await build({
    ...common,
    entryPoints: [entry],
    packages: 'external',
    minifyWhitespace: true,
    metafile: true,
    write: false,
    outfile: 'kind.js',
  });
  return {
    code: sha256(result.outputFiles[0].contents),
    sources: await sourceDigests(result.metafile),
  };
}

/** A short digest of each source file, to tell which files of a changed bundle have changed. */
async function sourceDigests(metafile) {
  const [{ inputs }] = Object.values(metafile.outputs);
  const files = Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0);
  const digests = files.sort().map(async (path) => {
    const { code } = await transform(readFileSync(join(root, path), 'utf8'), {
      loader: 'ts',
      minifyWhitespace: true,
      legalComments: 'none',
    });
    return [path, sha256(code).slice(0, 16)];
  });
  return Object.fromEntries(await Promise.all(digests));
}

function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}

async function describeKinds() {
  for (const name of kindNames) {
    const { stage } = await import(pathToFileURL(join(dist, 'kinds', `${name}.js`)).href);
    if (!stage) throw new Error(`stages/${name}/kind.ts exports no 'stage'`);
    const { run, ...declaration } = stage;
    if (typeof run !== 'function') throw new Error(`stages/${name}/kind.ts: stage.run is missing`);
    const kind = { declaration, ...(await codeOf(`stages/${name}/kind.ts`)) };
    writeFileSync(join(dist, 'kinds', `${name}.json`), JSON.stringify(kind));
  }
}

/** Part of the key of each user's kind that imports the entry: it reads and writes files for the kind. */
async function describeEntries() {
  const { code } = await codeOf('src/artifacts.ts');
  writeFileSync(join(dist, 'entries.json'), JSON.stringify({ artifacts: code }));
}

/** `npx pipeline` looks in node_modules/.bin, where npm links every package's commands but the root's own. */
function linkCommands() {
  chmodSync(join(dist, 'pipeline.cjs'), 0o755);
  // The command's earlier name, for scripts that start it by its path.
  symlinkSync('pipeline.cjs', join(dist, 'pipeline.js'));
  const bin = join(root, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  for (const command of Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).bin)) {
    rmSync(join(bin, command), { force: true });
    symlinkSync('../../dist/pipeline.cjs', join(bin, command));
  }
}

rmSync(dist, { recursive: true, force: true });
buildKernels();
copyNativeSources();
await buildModules();
await buildPage();
await buildCommand(dist, common, external);
await describeKinds();
await describeEntries();
buildTypes(publicEntries);
linkCommands();
compileCommand(dist);
