/** The beginning of a file, as what it is. */
import type { JSX } from 'preact';
import type { HeadView, TableHead, TensorHead } from '../../../views/artifact-view.ts';
import { countText } from '../../format.ts';
import { Empty } from '../../parts/empty.tsx';

export function FileHead({ head }: { readonly head: HeadView }): JSX.Element {
  return (
    <div class="head-file">
      <h3>{head.path}</h3>
      {head.left !== null && <p class="soft">{head.left}</p>}
      <Content head={head} />
    </div>
  );
}

function Content({ head }: { readonly head: HeadView }): JSX.Element {
  switch (head.type) {
    case 'text':
      return head.text === '' ? (
        <Empty>The file is empty.</Empty>
      ) : (
        <Lines path={head.path} text={head.text} />
      );
    case 'json':
      return <Lines path={head.path} text={head.left === null ? indented(head.text) : head.text} />;
    case 'table':
      return (
        <>
          {head.tables.map((table) => (
            <Rows key={table.name} table={table} path={head.path} />
          ))}
        </>
      );
    case 'tensors':
      return (
        <>
          {head.tensors.map((tensor) => (
            <Tensor key={tensor.name} tensor={tensor} path={head.path} />
          ))}
        </>
      );
    case 'binary':
      return <Lines path={head.path} text={hexLines(head.hex)} />;
  }
}

function Lines({ path, text }: { readonly path: string; readonly text: string }): JSX.Element {
  return (
    <pre tabIndex={0} aria-label={`Beginning of ${path}`}>
      <bdi>{text}</bdi>
    </pre>
  );
}

function Rows({ table, path }: { readonly table: TableHead; readonly path: string }): JSX.Element {
  const { name, columns, rows, total } = table;
  const caption = name ?? path;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption class={name === null ? 'unseen' : ''}>
          {caption}
          {total !== null && `, ${countText(total, 'row')}`}
        </caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j}>
                  <bdi class="cell-text">{cell}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <Empty>No rows.</Empty>}
    </div>
  );
}

function Tensor({ tensor, path }: { readonly tensor: TensorHead; readonly path: string }): JSX.Element {
  const { name, type, shape, rows } = tensor;
  const title = `${name === '' ? path : name} ${type} [${shape.join(', ')}]`;
  const text = rows.map((row) => row.map(valueText).join(' ')).join('\n');
  return (
    <div>
      <h3>
        {name} <span class="soft">{`${type} [${shape.join(', ')}]`}</span>
      </h3>
      {text === '' ? (
        <Empty>Its values cannot be shown.</Empty>
      ) : (
        <pre tabIndex={0} aria-label={title}>
          {text}
        </pre>
      )}
    </div>
  );
}

function valueText(value: number | null): string {
  if (value === null) return 'NaN'.padStart(9);
  return (Number.isInteger(value) ? String(value) : value.toFixed(5)).padStart(9);
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Sixteen bytes a line, with their offset. */
function hexLines(hex: string): string {
  const lines = hex.match(/.{1,32}/g) ?? [];
  return lines
    .map((line, i) => `${(i * 16).toString(16).padStart(6, '0')}  ${(line.match(/../g) ?? []).join(' ')}`)
    .join('\n');
}
