import type { ComponentChildren, JSX } from 'preact';

export type Tone = 'plain' | 'good' | 'warn' | 'bad';

/** A short word that stands for a state. The word says it; the colour only helps. */
export function Chip({
  tone = 'plain',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
}): JSX.Element {
  return <span class={`chip chip-${tone}`}>{children}</span>;
}
