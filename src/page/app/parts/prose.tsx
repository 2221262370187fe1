import type { JSX } from 'preact';

/** A message of the pipeline: what stands in backticks is code. */
export function Prose({ text }: { readonly text: string }): JSX.Element {
  return (
    <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>
  );
}
