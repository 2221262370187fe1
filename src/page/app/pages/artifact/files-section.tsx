import type { JSX } from 'preact';
import { bytesText } from '../../../../base/quantity-text.ts';
import type { ArtifactView } from '../../../views/artifact-view.ts';
import { headName } from '../../../views/serve-names.ts';
import { HashText } from '../../parts/hash-text.tsx';
import { WithView } from '../../parts/loaded.tsx';
import { Section } from '../../parts/section.tsx';
import { Table } from '../../parts/table.tsx';
import { useRouteValue } from '../../use-route.ts';
import { FileHead } from './file-head.tsx';

export function FilesSection({ artifact }: { readonly artifact: ArtifactView }): JSX.Element {
  const { kind, key, files } = artifact;
  const file = useRouteValue('file', files[0]?.path ?? '');
  return (
    <Section id="files" title="Files">
      <Table
        id="files-table"
        caption="Files of the artifact"
        columns={[
          {
            id: 'path',
            head: 'file',
            names: true,
            cell: ({ path }) => (
              <button
                type="button"
                class="link"
                aria-pressed={path === file.value}
                onClick={() => {
                  file.set(path);
                }}
              >
                {path}
              </button>
            ),
          },
          {
            id: 'size',
            head: 'size',
            align: 'right',
            cell: ({ size }) => bytesText(size),
            sort: ({ size }) => size,
          },
          { id: 'sha256', head: 'SHA-256', cell: ({ sha256 }) => <HashText hash={sha256} /> },
        ]}
        rows={files}
        rowKey={({ path }) => path}
        rowClass={({ path }) => (path === file.value ? 'best-cell' : undefined)}
      />
      {file.value !== '' && (
        <WithView name={headName(kind, key, file.value)} what="this file">
          {(head) => <FileHead head={head} />}
        </WithView>
      )}
    </Section>
  );
}
