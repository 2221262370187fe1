// The measured pipelines for DVC; `DVC` names its command.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const dvc = process.env.DVC;

function repository(folder, once, yaml) {
  mkdirSync(folder, { recursive: true });
  const command = (...args) => once([dvc, ...args], { cwd: folder, env: { DVC_NO_ANALYTICS: '1' } });
  command('init', '--no-scm', '--quiet');
  writeFileSync(join(folder, 'dvc.yaml'), yaml);
  return command;
}

export function dvcChain(folder, once, length) {
  const stage = (i) =>
    i === 0
      ? '  s0: {cmd: "echo 0 > out0", outs: [out0]}'
      : `  s${i}: {cmd: "echo ${i} | cat out${i - 1} - > out${i}", deps: [out${i - 1}], outs: [out${i}]}`;
  return repository(folder, once, `stages:\n${Array.from({ length }, (_, i) => stage(i)).join('\n')}\n`);
}

export function dvcGrid(folder, once, a, b, c) {
  const range = (n) => `[${Array.from({ length: n }, (_, i) => i).join(', ')}]`;
  const out = 'out/${item.a}-${item.b}-${item.c}';
  mkdirSync(join(folder, 'out'), { recursive: true });
  return repository(
    folder,
    once,
    `stages:
  cell:
    matrix: {a: ${range(a)}, b: ${range(b)}, c: ${range(c)}}
    cmd: "echo \${item.a} \${item.b} \${item.c} > ${out}"
    outs: ["${out}"]
`,
  );
}
