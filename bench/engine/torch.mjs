// PyTorch as a peer: a Python process that waits for commands, so that both sides can be timed alternately.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = join(dirname(dirname(fileURLToPath(import.meta.url))), 'peers', 'torch_recurrent.py');
const python = process.env.PYTHON ?? process.env.PIPELINE_PYTHON ?? 'python3';

/** Undefined if that Python has no torch. */
export async function openTorch() {
  if (spawnSync(python, ['-c', 'import torch']).status !== 0) {
    console.log(
      `PyTorch is skipped: \`${python} -c "import torch"\` fails. Set PYTHON to a Python that has it.`,
    );
    return undefined;
  }
  const env = { ...process.env };
  // Some machines force one OpenBLAS kernel for all programs; let the peer choose its best.
  delete env.OPENBLAS_CORETYPE;
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => JSON.parse((await lines.next()).value);
  const about = await read();
  const ask = async (command) => {
    child.stdin.write(`${JSON.stringify(command)}\n`);
    return read();
  };
  const close = async () => {
    child.stdin.end();
    await once(child, 'exit');
  };
  return { about, ask, close };
}
