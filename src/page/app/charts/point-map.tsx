/**
 * Many points on a canvas. The pointer shows the text of the nearest one; with the keyboard, the arrow keys walk from
 * point to point. The canvas is drawn again when its width or the colour scheme changes.
 */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useWidth } from './chart.tsx';
import { nearestPoint, pointGrid } from './point-grid.ts';

export interface MapPoints {
  /** 0 … 1, [points]. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Position in `colours`, [points]; drawn in this order, so that the last lie on top. */
  readonly colour: Uint8Array;
}

export interface PointMapProps {
  readonly label: string;
  readonly points: MapPoints;
  /** CSS custom properties without `--`, such as `model`. */
  readonly colours: readonly string[];
  /** Lines about a point; the first is its text. */
  readonly describe: (point: number) => readonly string[];
}

const REACH = 18;

export function PointMap({ label, points, colours, describe }: PointMapProps): JSX.Element {
  const [box, width] = useWidth();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [chosen, choose] = useState<number>();
  const height = Math.round(Math.min(Math.max(280, width * 0.62), 560));
  const grid = useMemo(() => pointGrid(points.x, points.y), [points]);
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current && width > 0) drawPoints(canvas.current, points, colours, width, height, chosen);
    };
    draw();
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      scheme.removeEventListener('change', draw);
    };
  }, [points, colours, width, height, chosen]);
  const lines = chosen === undefined ? [] : describe(chosen);
  return (
    <div ref={box} class="point-map">
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label={`${label} The arrow keys walk through the points.`}
        onPointerMove={(event) => {
          const { left, top } = event.currentTarget.getBoundingClientRect();
          const at = { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
          choose(nearestPoint(grid, at, { x: REACH / width, y: REACH / height }));
        }}
        onPointerLeave={() => {
          choose(undefined);
        }}
        onKeyDown={(event) => {
          const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          const count = points.x.length;
          choose(((chosen ?? (step === 1 ? -1 : count)) + step + count) % count);
        }}
      />
      <p class="described" aria-live="polite" dir="auto">
        {lines.length === 0 ? (
          <span class="soft">Point at a dot to read its text.</span>
        ) : (
          <>
            <bdi>{lines[0]}</bdi>
            <span class="soft">
              {lines.slice(1).map((line) => (
                <span key={line}> · {line}</span>
              ))}
            </span>
          </>
        )}
      </p>
    </div>
  );
}

function drawPoints(
  canvas: HTMLCanvasElement,
  { x, y, colour }: MapPoints,
  colours: readonly string[],
  width: number,
  height: number,
  chosen: number | undefined,
): void {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const radius = x.length > 5000 ? 1.3 : x.length > 800 ? 1.8 : 3;
  for (const [index, name] of colours.entries()) {
    context.fillStyle = resolved(canvas, name, style);
    context.globalAlpha = index === 0 && x.length > 800 ? 0.5 : 0.85;
    for (let i = 0; i < x.length; i++)
      if (colour[i] === index) drawPoint(context, x[i]! * width, y[i]! * height, radius);
  }
  if (chosen === undefined) return;
  context.globalAlpha = 1;
  context.strokeStyle = style.color;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x[chosen]! * width, y[chosen]! * height, 6, 0, 2 * Math.PI);
  context.stroke();
}

/** Below two pixels a square looks like a disc, and is drawn several times as fast. */
function drawPoint(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  if (radius < 2) context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
  else {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }
}

/** A canvas does not know light-dark(): the colour is taken from the element while it has it. */
function resolved(canvas: HTMLCanvasElement, name: string, style: CSSStyleDeclaration): string {
  canvas.style.outlineColor = `var(--${name})`;
  const colour = style.outlineColor;
  canvas.style.outlineColor = '';
  return colour;
}
