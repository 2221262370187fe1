// Compiles every src/engine/kernels/assembly/*.ts to WebAssembly and writes it as a self-contained module:
// src/engine/kernels/<name>.generated.ts exports `WASM`, the binary in base64. Before that it writes both sides of the
// kernels' interface from src/engine/kernels/abi.mjs (scripts/generate-abi.mjs).
// The first line of a source may have compiler options: `// asc: --enable simd --importMemory`. A second line
// `// fast: --enable relaxed-simd` adds a second build with these options too, <name>-fast.generated.ts.
// An import of `lib/x` resolves to `lib/x.<name>.generated.ts` if there is such a file, or to `lib/x.exact.ts` in the
// first build and `lib/x.fast.ts` in the second.
// Outputs that are up to date (by the digest of sources and options) are not built again.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OPERATIONS } from '../src/engine/kernels/abi.mjs';
import {
  assemblyAbi,
  assemblyOperations,
  checkAbi,
  nativeAbi,
  nativeOperations,
  typescriptAbi,
} from './generate-abi.mjs';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src', 'engine', 'kernels');
/** With names, for stack traces and profiles. */
const COMMON = ['-O3', '--noAssert', '--noColors', '--debug'];

const library = join(folder, 'assembly', 'lib');
const native = join(folder, 'native', 'source');

/** Leaves a file alone that holds the text already. */
function update(file, text) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}

function writeAbi() {
  checkAbi(
    (file) => readFileSync(join(library, `${file}.ts`), 'utf8'),
    (file) => readFileSync(join(native, `${file}.c`), 'utf8'),
  );
  update(join(folder, 'abi.generated.ts'), typescriptAbi());
  update(join(library, 'abi.generated.ts'), assemblyAbi());
  update(join(native, 'abi.generated.h'), nativeAbi());
  update(join(native, 'operations.generated.c'), nativeOperations());
  for (const module of Object.keys(OPERATIONS))
    update(join(library, `operations.${module}.generated.ts`), assemblyOperations(module));
}

/** Sources by name as the compiler asks for them. */
function librarySources(name, variant) {
  const sources = new Map();
  const modules = Object.keys(OPERATIONS);
  for (const file of readdirSync(library).sort()) {
    const [base, ...rest] = file.slice(0, -'.ts'.length).split('.');
    const [tag] = rest;
    const isForOther = modules.includes(tag)
      ? tag !== name
      : ['exact', 'fast'].includes(tag) && tag !== variant;
    if (isForOther) continue;
    const imported = tag === 'generated' ? `${base}.generated` : base;
    sources.set(`lib/${imported}.ts`, readFileSync(join(library, file), 'utf8'));
  }
  return sources;
}

async function compile(name, sources, options) {
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  const { error, stderr } = await asc.main(
    [`${name}.ts`, ...COMMON, ...options, '--outFile', `${name}.wasm`],
    {
      readFile: (path) => sources.get(path.replaceAll('\\', '/')) ?? null,
      writeFile: (path, contents) => {
        if (path === `${name}.wasm`) binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${name}.ts: ${error.message}\n${stderr.toString()}`);
  return Buffer.from(binary);
}

async function build(name, target, options, variant) {
  const source = readFileSync(join(folder, 'assembly', `${name}.ts`), 'utf8');
  const sources = source.includes("from './lib/") ? librarySources(name, variant) : new Map();
  sources.set(`${name}.ts`, source);
  const digest = createHash('sha256')
    .update(JSON.stringify([COMMON, options, ...sources]))
    .digest('hex');
  const file = join(folder, `${target}.generated.ts`);
  if (existsSync(file) && readFileSync(file, 'utf8').includes(digest)) return;
  const binary = await compile(name, sources, options);
  writeFileSync(
    file,
    `// Made by scripts/build-kernels.mjs from assembly/${name}.ts ${digest}\nexport const WASM =\n  '${binary.toString('base64')}';\n`,
  );
}

function optionsOf(name, tag) {
  const source = readFileSync(join(folder, 'assembly', `${name}.ts`), 'utf8');
  const line = source.split('\n', 2).find((text) => text.startsWith(`// ${tag}: `));
  return line
    ?.slice(tag.length + 4)
    .trim()
    .split(/\s+/);
}

writeAbi();
for (const file of readdirSync(join(folder, 'assembly')).sort()) {
  if (!file.endsWith('.ts')) continue;
  const name = file.slice(0, -3);
  const options = optionsOf(name, 'asc') ?? [];
  await build(name, name, options, 'exact');
  const fast = optionsOf(name, 'fast');
  if (fast) await build(name, `${name}-fast`, [...options, ...fast], 'fast');
}
