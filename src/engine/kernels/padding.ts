/** Floats in a panel of the matrix products (assembly/lib/gemm.ts). */
const PANEL = 8;

/** Every block of units is padded with zeros to whole panels. */
export const pad = (size: number): number => Math.ceil(size / PANEL) * PANEL;
