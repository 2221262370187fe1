// Compiles every src/engine/kernels/assembly/*.ts to WebAssembly and writes it as a module that needs no file
// beside it: src/engine/kernels/<name>.generated.ts exports `WASM`, the binary in base64.
// A source's first line may carry options of the compiler: `// asc: --enable simd --importMemory`.
// What is up to date (by the digest of source and options) is left alone, so that builds stay quick.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src', 'engine', 'kernels');
const COMMON = ['-O3', '--noAssert', '--noColors'];

async function compile(name, source, options) {
  const { default: asc } = await import('assemblyscript/asc');
  let binary;
  const { error, stderr } = await asc.main(
    [`${name}.ts`, ...COMMON, ...options, '--outFile', `${name}.wasm`],
    {
      readFile: (path) => (path === `${name}.ts` ? source : null),
      writeFile: (path, contents) => {
        if (path === `${name}.wasm`) binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${name}.ts: ${error.message}\n${stderr.toString()}`);
  return Buffer.from(binary);
}

async function build(name) {
  const source = readFileSync(join(folder, 'assembly', `${name}.ts`), 'utf8');
  const options = /^\/\/ asc: (.*)/.exec(source)?.[1].trim().split(/\s+/) ?? [];
  const digest = createHash('sha256')
    .update(JSON.stringify([COMMON, options, source]))
    .digest('hex');
  const target = join(folder, `${name}.generated.ts`);
  if (existsSync(target) && readFileSync(target, 'utf8').includes(digest)) return;
  const binary = await compile(name, source, options);
  writeFileSync(
    target,
    `// Made by scripts/build-kernels.mjs from assembly/${name}.ts ${digest}\nexport const WASM =\n  '${binary.toString('base64')}';\n`,
  );
}

for (const file of readdirSync(join(folder, 'assembly')).sort()) {
  if (file.endsWith('.ts')) await build(file.slice(0, -3));
}
