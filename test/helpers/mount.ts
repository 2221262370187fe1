/** Small file systems of their own, which can be full or read-only; mounting one needs root, as in a container. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';

export const IS_ROOT = process.getuid?.() === 0;

/** Over the folder, until the test ends. False where this machine permits no mount. */
export function mountSmall(folder: string, options: string): boolean {
  mkdirSync(folder, { recursive: true });
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'none', folder]).status !== 0) return false;
  onTestFinished(() => {
    spawnSync('umount', ['-l', folder]);
  });
  return true;
}

export function remount(folder: string, options: string): void {
  expect(spawnSync('mount', ['-o', `remount,${options}`, folder]).status).toBe(0);
}
