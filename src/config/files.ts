/** Where configuration files are. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export const CONFIG_FILE = 'pipeline.config.yaml';

/**
 * The nearest `pipeline.config.yaml` in the folder or above it. The search ends at the top of a Git repository, so that a
 * file above somebody else's checkout does not count.
 */
export function projectConfigFile(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_FILE);
    if (existsSync(file)) return file;
    if (existsSync(join(folder, '.git')) || folder === dirname(folder)) return undefined;
  }
}

/** The user's own file, for every project. It need not exist. */
export function userConfigFile(env: Readonly<Record<string, string | undefined>>): string {
  const base = env['XDG_CONFIG_HOME'];
  const folder = base === undefined || base === '' ? join(env['HOME'] ?? homedir(), '.config') : base;
  return join(folder, 'two-tower', 'config.yaml');
}
