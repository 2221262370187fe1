import { rmSync } from 'node:fs';

/** Deletes a folder and its contents as far as possible: a later run removes what is left. */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // No finished artifact depends on it.
  }
}
