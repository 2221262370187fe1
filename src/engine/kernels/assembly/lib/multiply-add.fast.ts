/** s·b + c, rounded once where the processor fuses (the wrapper asks `fused` whether it does). */
@inline export function MADD(s: v128, b: v128, c: v128): v128 { return f32x4.relaxed_madd(s, b, c); }
