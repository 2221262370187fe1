/** Where and with what it was computed: the part that a reader needs to trust the figures or to repeat them. */
import type { JSX } from 'preact';
import type { RunView } from '../../../views/run-view.ts';
import { Pairs } from '../../parts/pairs.tsx';
import { Section } from '../../parts/section.tsx';

export function OriginSection({ run }: { readonly run: RunView }): JSX.Element {
  const { environment, engine, stages, id } = run;
  const made = stages.flatMap((stage) => stage.made ?? []);
  const distinct = (values: readonly string[]): string => [...new Set(values)].sort().join(', ');
  return (
    <Section
      id="origin"
      title="Origin"
      lead="The same spec gives the same digests on any machine and with any number of threads."
    >
      <Pairs
        pairs={[
          ['engine', engine && `${engine.backend} ${engine.version}, ${engine.precision}, ${engine.device}`],
          ['kernels', distinct(made.flatMap(({ kernels }) => kernels))],
          ['two-tower', environment?.version ?? distinct(made.map(({ version }) => version))],
          ['Node.js', environment?.node ?? distinct(made.map(({ node }) => node))],
          ['platform', environment?.platform ?? distinct(made.map(({ platform }) => platform))],
          ['processor', environment && `${environment.cpu}, ${environment.threads} threads`],
          [
            'libraries',
            distinct(
              made.flatMap(({ libraries }) => Object.entries(libraries).map((each) => each.join(' '))),
            ),
          ],
          ['check it', id !== 'current' && <code>pipeline reproduce {id}</code>],
        ]}
      />
    </Section>
  );
}
