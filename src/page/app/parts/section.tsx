/** A section of a long page: an anchor that the address names with `at=`, and a heading that links to itself. */
import type { ComponentChildren, JSX } from 'preact';
import { formatRoute, withQuery } from '../routes.ts';
import { useRoute } from '../use-route.ts';

export interface SectionProps {
  readonly id: string;
  readonly title: string;
  /** One sentence: which question the section answers. */
  readonly lead?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Section({ id, title, lead, children }: SectionProps): JSX.Element {
  const route = useRoute();
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        <a class="self" href={formatRoute(withQuery(route, { at: id }))}>
          {title}
        </a>
      </h2>
      {lead !== undefined && <p class="lead">{lead}</p>}
      {children}
    </section>
  );
}
