import { execFileSync } from 'node:child_process';

/** End-to-end tests run the built command, so it must be built from the current sources. */
export default function setup(): void {
  if (process.env['PIPELINE_TEST_SKIP_BUILD']) return;
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
