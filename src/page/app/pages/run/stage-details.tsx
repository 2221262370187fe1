/** One stage in full: how its artifact was made, its files, metrics and parameters. */
import type { JSX } from 'preact';
import type { StageView } from '../../../views/run-view.ts';
import { numberText } from '../../../../base/number-text.ts';
import { bytesText, durationText } from '../../../../base/quantity-text.ts';
import { timeText } from '../../format.ts';
import { Pairs } from '../../parts/pairs.tsx';
import { Table } from '../../parts/table.tsx';
import { yamlText } from '../../parts/yaml-text.ts';
import { formatRoute } from '../../routes.ts';
import { useSource } from '../../source/use-view.ts';

export function StageDetails({ stage }: { readonly stage: StageView }): JSX.Element {
  const { name, kind, key, digest, code, made, metrics, parameters, inputs } = stage;
  const { isLive } = useSource();
  return (
    <div class="stage-details">
      <h3>{name}</h3>
      {isLive && key !== null && made !== null && (
        <p>
          <a href={formatRoute({ path: ['artifact', kind, key], query: {} })}>
            Why it was made, and what is in its files
          </a>
        </p>
      )}
      <Pairs
        pairs={[
          ['kind', kind],
          ...Object.entries(inputs).map(([slot, from]): [string, string] => [
            `input ${slot}`,
            from.join(', '),
          ]),
          ['key', key && <code>{key}</code>],
          ['digest', digest && <code>{digest}</code>],
          ['code of the kind', code && <code>{code}</code>],
          ['made', made && `${timeText(made.started)}, in ${durationText(made.seconds)}`],
          ['memory at most', made && bytesText(made.peakMemoryBytes)],
          ['threads', made && String(made.threads)],
          ['kernels', made && made.kernels.length > 0 && made.kernels.join(', ')],
          ['libraries', made && librariesText(made.libraries)],
        ]}
      />
      <div class="columns">
        <Table
          id="metrics-of-stage"
          caption="Metrics"
          showCaption
          columns={[
            { id: 'name', head: 'metric', cell: ([metric]) => metric, names: true },
            {
              id: 'value',
              head: 'value',
              align: 'right',
              cell: ([, value]) => (typeof value === 'number' ? numberText(value) : String(value)),
            },
          ]}
          rows={Object.entries(metrics)}
          rowKey={([metric]) => metric}
        />
        <div>
          <h3>Parameters</h3>
          <pre tabIndex={0} aria-label={`Parameters of ${name}`}>
            {yamlText(parameters)}
          </pre>
          {made && (
            <Table
              id="files-of-stage"
              caption="Files"
              showCaption
              columns={[
                { id: 'path', head: 'file', cell: ({ path }) => path, names: true },
                { id: 'size', head: 'size', align: 'right', cell: ({ size }) => bytesText(size) },
              ]}
              rows={made.files}
              rowKey={({ path }) => path}
            />
          )}
        </div>
      </div>
    </div>
  );
}

function librariesText(libraries: Readonly<Record<string, string>>): string | null {
  const all = Object.entries(libraries).map(([name, version]) => `${name} ${version}`);
  return all.length === 0 ? null : all.join(', ');
}
