import { execFileSync } from 'node:child_process';

/** End-to-end tests run the built command, so it has to be the one that these sources give. */
export default function setup(): void {
  if (process.env['PIPELINE_TEST_SKIP_BUILD']) return;
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
