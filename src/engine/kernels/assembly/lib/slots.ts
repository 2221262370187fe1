/** Slot i of the instruction at p: 0 is its operation, the others are its fields. */
@inline export function slotAt(p: usize, i: i32): u32 { return load<u32>(p + (<usize>i << 2)); }
@inline export function floatAt(p: usize, i: i32): f32 { return load<f32>(p + (<usize>i << 2)); }
