import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * The MedQuAD files, where they are: `MEDQUAD_DIR`, or beside the checkout. Tests that need them skip by
 * `describe.skipIf(!MEDQUAD)` and say so in their names; the product never depends on them.
 */
export const MEDQUAD: string | undefined = [
  process.env['MEDQUAD_DIR'],
  join(root, '..', 'shared', 'data', 'medquad'),
].find((folder) => folder !== undefined && existsSync(join(folder, 'test.jsonl.gz')));
