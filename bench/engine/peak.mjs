// The peak speed of the machine's SIMD-128 units: multiplications and additions (or fused ones) on registers only.
import { setFlagsFromString } from 'node:v8';
import asc from 'assemblyscript/asc';

const CHAINS = 14;

function source(fused) {
  const names = Array.from({ length: CHAINS }, (_, i) => `c${i}`);
  const body = names.map((name, i) => {
    if (fused) return `${name} = f32x4.relaxed_madd(${name}, k, k);`;
    return i % 2 === 0 ? `${name} = f32x4.mul(${name}, k);` : `${name} = f32x4.add(${name}, k);`;
  });
  return `export function run(p: usize, count: u32): void {
    const k = v128.load(p);
    let ${names.map((name, i) => `${name} = v128.load(p, ${16 * (i + 1)})`).join(', ')};
    for (let i: u32 = 0; i < count; i++) { ${body.join(' ').repeat(4)} }
    ${names.map((name, i) => `v128.store(p, ${name}, ${16 * (i + 1)});`).join(' ')}
  }`;
}

/** GFLOPS of one thread. */
export async function peak(fused) {
  if (fused && Number.parseInt(process.versions.node, 10) < 22)
    setFlagsFromString('--experimental-wasm-relaxed-simd');
  let binary;
  const options = ['-O3', '--noAssert', '--runtime', 'stub', '--initialMemory', '1', '--enable', 'simd'];
  if (fused) options.push('--enable', 'relaxed-simd');
  const { error, stderr } = await asc.main(['peak.ts', ...options, '--outFile', 'peak.wasm'], {
    readFile: (path) => (path === 'peak.ts' ? source(fused) : null),
    writeFile: (path, contents) => {
      if (path === 'peak.wasm') binary = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(stderr.toString());
  const { instance } = await WebAssembly.instantiate(binary, { env: { abort() {} } });
  const { run, memory } = instance.exports;
  new Float32Array(memory.buffer).fill(1e-3);
  const count = 30_000;
  let best = Infinity;
  for (let i = 0; i < 200; i++) {
    const start = performance.now();
    run(0, count);
    best = Math.min(best, performance.now() - start);
  }
  return (count * 4 * CHAINS * 4 * (fused ? 2 : 1)) / best / 1e6;
}
