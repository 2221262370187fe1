/** s·b + c, rounded twice: the same bits on every machine. */
@inline export function MADD(s: v128, b: v128, c: v128): v128 { return f32x4.add(c, f32x4.mul(s, b)); }
