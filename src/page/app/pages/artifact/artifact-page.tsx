/** One artifact: what it is, why it was made, what went into it, and what is in its files. */
import type { JSX } from 'preact';
import { numberText } from '../../../../base/number-text.ts';
import { bytesText, durationText } from '../../../../base/quantity-text.ts';
import type { ArtifactView } from '../../../views/artifact-view.ts';
import { artifactName } from '../../../views/serve-names.ts';
import { countText, timeText } from '../../format.ts';
import { PageSections } from '../../parts/page-sections.tsx';
import { WithView } from '../../parts/loaded.tsx';
import { Pairs } from '../../parts/pairs.tsx';
import { Section } from '../../parts/section.tsx';
import { Table } from '../../parts/table.tsx';
import { yamlText } from '../../parts/yaml-text.ts';
import { formatRoute, type Route } from '../../routes.ts';
import { artifactAddress } from './address.ts';
import { FilesSection } from './files-section.tsx';
import { WhySection } from './why-section.tsx';

export function ArtifactPage({ route }: { readonly route: Route }): JSX.Element {
  const [, kind = '', key = ''] = route.path;
  return (
    <main class="page">
      <WithView name={artifactName(kind, key)} what="this artifact">
        {(artifact) => <Artifact artifact={artifact} />}
      </WithView>
    </main>
  );
}

function Artifact({ artifact }: { readonly artifact: ArtifactView }): JSX.Element {
  const { kind, type, headline, metrics, warnings } = artifact;
  const sections = [
    { id: 'why', title: 'Why', content: <WhySection artifact={artifact} /> },
    { id: 'files', title: 'Files', content: <FilesSection artifact={artifact} /> },
    { id: 'origin', title: 'Origin', content: <OriginSection artifact={artifact} /> },
    { id: 'metrics', title: 'Metrics', content: <MetricsSection metrics={metrics} /> },
    { id: 'runs', title: 'Runs', content: <RunsSection artifact={artifact} /> },
  ];
  const stage = artifact.uses[0]?.stage;
  return (
    <>
      <header class="page-head">
        <h1>
          {stage ?? kind} <span class="soft">artifact</span>
        </h1>
        <div class="facts">
          <span>
            {type}, made by {kind}
          </span>
          <time dateTime={artifact.made.started}>{timeText(artifact.made.started)}</time>
          <span>made in {durationText(artifact.made.seconds)}</span>
          <span>{countText(artifact.files.length, 'file')}</span>
          <span>{bytesText(artifact.files.reduce((sum, { size }) => sum + size, 0))}</span>
        </div>
        {headline !== null && <p class="headline">{headline}</p>}
        {warnings.map(({ message, cause, hint }) => (
          <p key={message} class="doubtful">
            {[message, cause, hint].filter(Boolean).join('. ')}
          </p>
        ))}
      </header>
      <PageSections sections={sections} />
    </>
  );
}

function OriginSection({ artifact }: { readonly artifact: ArtifactView }): JSX.Element {
  const { key, digest, keyDocument, made, inputs } = artifact;
  const { code, parameters, engine, libraries } = keyDocument;
  return (
    <Section
      id="origin"
      title="Origin"
      lead="The key is the digest of what went in: code, parameters, inputs, engine and libraries. The digest is that of what came out."
    >
      <Pairs
        pairs={[
          ['key', <code>{key}</code>],
          ['digest', <code>{digest}</code>],
          ['code of the kind', <code>{code}</code>],
          ...inputs.map(({ slot, stage, kind, key: from }): [string, JSX.Element] => [
            `input ${slot}`,
            <a href={artifactAddress(kind, from)}>{stage}</a>,
          ]),
          [
            'engine',
            engine && `${engine.backend} (${engine.device}, ${engine.precision}, ${engine.version})`,
          ],
          [
            'libraries',
            Object.entries(libraries)
              .map(([name, version]) => `${name} ${version}`)
              .join(', '),
          ],
          ['version', made.version],
          ['node', made.node],
          ['platform', made.platform],
          ['threads', String(made.threads)],
          ['kernels', made.kernels.join(', ')],
          ['memory at most', bytesText(made.peakMemoryBytes)],
        ]}
      />
      <h3>Parameters</h3>
      <pre tabIndex={0} aria-label="Parameters">
        {yamlText(parameters)}
      </pre>
    </Section>
  );
}

function MetricsSection({ metrics }: Pick<ArtifactView, 'metrics'>): JSX.Element {
  return (
    <Section id="metrics" title="Metrics">
      <Table
        id="metrics-table"
        caption="Metrics of the artifact"
        columns={[
          { id: 'name', head: 'metric', names: true, cell: ([name]) => name, sort: ([name]) => name },
          {
            id: 'value',
            head: 'value',
            align: 'right',
            cell: ([, value]) => (typeof value === 'number' ? numberText(value) : String(value)),
          },
        ]}
        rows={Object.entries(metrics)}
        rowKey={([name]) => name}
      />
    </Section>
  );
}

function RunsSection({ artifact }: { readonly artifact: ArtifactView }): JSX.Element {
  const { uses, used } = artifact;
  return (
    <Section
      id="runs"
      title="Runs"
      lead={
        used === 0
          ? 'None of the latest runs has it.'
          : `${countText(used, 'of the latest runs has', 'of the latest runs have')} it${used > uses.length ? `; the last ${uses.length} are listed` : ''}.`
      }
    >
      {uses.length > 0 && (
        <Table
          id="uses"
          caption="Runs with the artifact"
          columns={[
            {
              id: 'run',
              head: 'run',
              names: true,
              cell: ({ run }) => <a href={formatRoute({ path: ['run', run], query: {} })}>{run}</a>,
            },
            { id: 'spec', head: 'spec', cell: ({ spec }) => spec },
            { id: 'stage', head: 'stage', cell: ({ stage }) => stage },
            { id: 'executed', head: 'how', cell: ({ executed }) => (executed ? 'made it' : 'found it') },
          ]}
          rows={uses}
          rowKey={({ run, stage }) => `${run} ${stage}`}
        />
      )}
    </Section>
  );
}
