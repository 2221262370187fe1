/** Why the stage was executed, and how its key document differs from the one before. */
import type { JSX } from 'preact';
import type { Json } from '../../../../base/json.ts';
import type { ArtifactView } from '../../../views/artifact-view.ts';
import { Empty } from '../../parts/empty.tsx';
import { Section } from '../../parts/section.tsx';
import { Table } from '../../parts/table.tsx';
import { artifactAddress } from './address.ts';

export function WhySection({ artifact }: { readonly artifact: ArtifactView }): JSX.Element {
  const { why } = artifact;
  if (!why)
    return (
      <Section id="why" title="Why it was made">
        <Empty>No recorded run has it, so there is nothing to compare with.</Empty>
      </Section>
    );
  const { reasons, before, changes } = why;
  return (
    <Section id="why" title="Why it was made">
      <ul class="reasons">
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      {before && (
        <>
          <p class="soft">
            Compared with <a href={artifactAddress(before.kind, before.key)}>what the stage had</a> in run{' '}
            <code>{before.run}</code>, its key document differs in:
          </p>
          <Table
            id="changes"
            caption="Differences of the key documents"
            columns={[
              { id: 'name', head: 'member', names: true, cell: ({ name }) => name },
              { id: 'before', head: 'before', cell: ({ before: value }) => <code>{short(value)}</code> },
              { id: 'after', head: 'here', cell: ({ after }) => <code>{short(after)}</code> },
            ]}
            rows={changes}
            rowKey={({ name }) => name}
          />
        </>
      )}
    </Section>
  );
}

const LONGEST = 200;

/** Digests by their first digits. */
function short(value: Json): string {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value.slice(0, 12);
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
