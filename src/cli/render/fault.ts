/** What is shown where the program itself has failed: one line, and where the stack trace is. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPackage } from '../../base/installation.ts';
import { hintOf, isSystemError, reasonOf } from '../../base/system-error.ts';
import type { Style } from './output.ts';

/** A refusal of the system is told as such; anything else is a bug, and its stack goes into a file, or is printed
 * where `PIPELINE_DEBUG` is set. */
export function faultText(error: unknown, style: Style): string {
  if (isSystemError(error)) {
    const place = error.path === undefined ? '' : ` (${error.path})`;
    const hint = hintOf(error);
    const head = `${style.red('error')}: ${reasonOf(error)}${place}`;
    return hint === undefined ? head : `${head}\n${style.cyan('hint')}: ${hint}`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const { version } = ownPackage();
  const head = `${style.red('internal error')}: ${reasonOf(error)}`;
  if (process.env['PIPELINE_DEBUG']) return `${head}\n${stack}`;
  const hint = `This is a bug in version ${version}. ${kept(stack)}`;
  return `${head}\n${style.cyan('hint')}: ${hint}`;
}

function kept(stack: string): string {
  try {
    const file = join(mkdtempSync(join(tmpdir(), 'pipeline-')), 'stack.txt');
    writeFileSync(
      file,
      `${stack}\n\n${process.argv.join(' ')}\nNode ${process.version} on ${process.platform}\n`,
    );
    return `Please report it with ${file}, which has the stack trace.`;
  } catch {
    return 'Set PIPELINE_DEBUG=1 to see the stack trace.';
  }
}
