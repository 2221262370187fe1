import type { ComponentChildren, JSX } from 'preact';

/** Names and values; a pair without a value is left out. */
export function Pairs({
  pairs,
}: {
  readonly pairs: readonly (readonly [name: string, value: ComponentChildren])[];
}): JSX.Element {
  return (
    <dl class="pairs">
      {pairs
        .filter(([, value]) => value !== null && value !== undefined && value !== false && value !== '')
        .map(([name, value]) => (
          <>
            <dt key={name}>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
    </dl>
  );
}
