// Writes the locks that the repository carries, from results made in an empty store: `npm run locks` builds first.
// Arguments name specs; without any, all of LOCKED. Regenerate after a change that is meant to change bytes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LOCKED = ['pipelines/small.yaml', 'pipelines/quickstart.yaml'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const store = mkdtempSync(join(tmpdir(), 'locks-'));

function pipeline(command, spec) {
  const args = [join(root, 'dist', 'pipeline.cjs'), command, spec, '--store', store];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`pipeline ${command} ${spec} ended with ${status}`);
}

try {
  const named = process.argv.slice(2);
  for (const spec of named.length > 0 ? named : LOCKED) {
    pipeline('run', spec);
    pipeline('lock', spec);
  }
} finally {
  rmSync(store, { recursive: true, force: true });
}
