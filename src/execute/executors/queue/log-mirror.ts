/** The log of a stage that a worker with another folder executes: written here too, so that `pipeline logs` has it. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JobEvent } from '../../executor.ts';

export interface LogMirror {
  write(event: Extract<JobEvent, { type: 'log' }>): void;
}

/** Begins an empty log. A log that cannot be written is no reason to fail: the result counts. */
export function mirrorLog(path: string): LogMirror {
  const attempt = (write: () => void): void => {
    try {
      write();
    } catch {
      // The events have the lines as well.
    }
  };
  attempt(() => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
  });
  return {
    write({ level, message }) {
      attempt(() => {
        appendFileSync(path, `${level === 'warning' ? 'warning: ' : ''}${message}\n`);
      });
    },
  };
}
