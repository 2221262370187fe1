// The measured pipelines for Snakemake; `SNAKEMAKE` names its command.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const snakemake = process.env.SNAKEMAKE;

function workflow(folder, once, rules) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'Snakefile'), rules);
  return (...args) => once([snakemake, '--quiet', 'all', '--cores', '4', ...args], { cwd: folder });
}

export function snakemakeChain(folder, once, length) {
  const rule = (i) =>
    i === 0
      ? 'rule s0:\n  output: "out0"\n  shell: "echo 0 > {output}"\n'
      : `rule s${i}:\n  input: "out${i - 1}"\n  output: "out${i}"\n  shell: "echo ${i} | cat {input} - > {output}"\n`;
  const rules = Array.from({ length }, (_, i) => rule(i)).join('');
  return workflow(folder, once, `rule all:\n  input: "out${length - 1}"\n${rules}`);
}

export function snakemakeGrid(folder, once, a, b, c) {
  return workflow(
    folder,
    once,
    `rule all:
  input: expand("out/{a}-{b}-{c}", a=range(${a}), b=range(${b}), c=range(${c}))
rule cell:
  output: "out/{a}-{b}-{c}"
  shell: "echo {wildcards.a} {wildcards.b} {wildcards.c} > {output}"
`,
  );
}
