/**
 * The frame of every chart: a title that says what it shows, the drawing at the width that the page has, and behind it
 * the numbers as a table. Drawings are SVG, so that they print and follow the colour scheme.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface ChartProps {
  readonly title: string;
  /** What the marks mean, where the drawing does not say it itself. */
  readonly note?: ComponentChildren;
  readonly height: number;
  /** What a screen reader says in place of the drawing. */
  readonly label: string;
  /** Widest that the drawing gets. */
  readonly maxWidth?: number;
  readonly draw: (width: number, height: number) => ComponentChildren;
  readonly numbers: Numbers;
}

/** The table behind a chart. */
export interface Numbers {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

const NARROWEST = 240;

export function Chart({ title, note, height, label, maxWidth, draw, numbers }: ChartProps): JSX.Element {
  const [box, width] = useWidth(maxWidth);
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        {note !== undefined && <span class="note"> {note}</span>}
      </figcaption>
      <div ref={box} class="drawing">
        {width > 0 && (
          <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
            {draw(width, height)}
          </svg>
        )}
      </div>
      <NumbersTable title={title} numbers={numbers} />
    </figure>
  );
}

export function NumbersTable({
  title,
  numbers: { head, rows },
}: {
  readonly title: string;
  readonly numbers: Numbers;
}): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      class="numbers"
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>
        Numbers<span class="unseen">: {title}</span>
      </summary>
      {isOpen && (
        <div class="scroll" tabIndex={0} role="region" aria-label={`Numbers: ${title}`}>
          <table>
            <thead>
              <tr>
                {head.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={index}>
                  {row.map((cell, column) => (
                    <td key={column} class={typeof cell === 'number' ? 'right' : undefined}>
                      {cell ?? '–'}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

/** The element's width in whole pixels, 0 until it is known. */
export function useWidth(most = Infinity): readonly [{ current: HTMLDivElement | null }, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => {
      setWidth(Math.max(NARROWEST, Math.min(most, Math.floor(element.clientWidth))));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [most]);
  return [box, width];
}
