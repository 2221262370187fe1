/** Axes: thin lines with few ticks, and a label that names the quantity. */
import type { JSX } from 'preact';
import type { Scale } from './scale.ts';

export interface AxisProps {
  readonly scale: Scale;
  /** Where the axis lies across its direction, in pixels. */
  readonly at: number;
  /** Length of the grid lines at the ticks; 0 for none. */
  readonly grid?: number;
  readonly label?: string;
}

export function BottomAxis({ scale, at, grid = 0, label }: AxisProps): JSX.Element {
  const [low, high] = scale.domain;
  return (
    <g class="axis">
      <line x1={scale.at(low)} x2={scale.at(high)} y1={at} y2={at} class="base" />
      {scale.ticks.map((tick) => (
        <g key={tick} transform={`translate(${scale.at(tick)} ${at})`}>
          <line y1={-grid} y2={4} class={grid > 0 ? 'grid' : 'base'} />
          <text y={16} text-anchor="middle">
            {scale.tickText(tick)}
          </text>
        </g>
      ))}
      {label !== undefined && (
        <text x={scale.at(high)} y={at + 31} text-anchor="end" class="quantity">
          {label}
        </text>
      )}
    </g>
  );
}

/** Ticks left of the drawing, grid lines to its right, and the label above the axis. */
export function LeftAxis({ scale, at, grid = 0, label }: AxisProps): JSX.Element {
  return (
    <g class="axis">
      {scale.ticks.map((tick) => (
        <g key={tick} transform={`translate(${at} ${scale.at(tick)})`}>
          <line x1={0} x2={grid} class="grid" />
          <text x={-6} dy="0.32em" text-anchor="end">
            {scale.tickText(tick)}
          </text>
        </g>
      ))}
      {label !== undefined && (
        <text x={at} y={scale.at(scale.domain[1]) - 10} text-anchor="start" class="quantity">
          {label}
        </text>
      )}
    </g>
  );
}
