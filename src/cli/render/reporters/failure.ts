import type { RunEvent, StageFailure } from '../../../execute/events.ts';
import type { Style } from '../output.ts';
import { warningCount } from '../warnings.ts';

/** The error of a failed stage: its message, its last output, and the path of its log. */
export function failureText(stage: string, failure: StageFailure, style: Style): string {
  const lines = [`${style.red('✖')} ${style.bold(stage)}: ${failure.message}`];
  for (const line of failure.output) lines.push(style.dim(`  │ ${line}`));
  if (failure.hint !== null) lines.push(`  ${style.cyan('hint:')} ${failure.hint}`);
  if (failure.output.length > 0 || failure.code === 'E_STAGE') lines.push(style.dim(`  log: ${failure.log}`));
  return lines.join('\n');
}

/** `12 cached, 3 executed, 1 failed, 2 warnings` */
export function countsText(event: Extract<RunEvent, { type: 'run-finished' }>): string {
  const parts = [`${event.cached} cached`, `${event.executed} executed`];
  if (event.failed > 0) parts.push(`${event.failed} failed`);
  if (event.skipped > 0) parts.push(`${event.skipped} not run`);
  if (event.warnings > 0) parts.push(warningCount(event.warnings));
  return parts.join(', ');
}
