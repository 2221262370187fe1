/** Warnings of stages as text: in full where they arise and in `show`, as a count where they are only recalled. */
import type { StageWarning } from '../../stage.ts';
import type { Style } from './output.ts';

/** `! model: only 35 optimiser steps`, then its cause and what to do. Without a stage, as part of its description. */
export function warningText(warning: StageWarning, style: Style, stage?: string): string {
  const { message, cause, hint, parameter } = warning;
  const change = [hint, parameter === undefined ? undefined : `Parameter: \`${parameter}\`.`];
  const todo = change.filter((part) => part !== undefined).join(' ');
  return [
    `${style.yellow('!')} ${stage === undefined ? '' : `${stage}: `}${message}`,
    ...(cause === undefined ? [] : [`    ${style.dim('likely cause:')} ${cause}`]),
    ...(todo === '' ? [] : [`    ${style.cyan('hint:')} ${todo}`]),
  ].join('\n');
}

/** `1 warning`, `3 warnings` */
export function warningCount(count: number): string {
  return `${count} warning${count === 1 ? '' : 's'}`;
}

/** The mark of a finished stage: a tick only where there is no doubt. */
export function resultMark(warnings: number, style: Style): string {
  return warnings > 0 ? style.yellow('!') : style.green('✔');
}
