/**
 * Logarithm and exponential from additions, multiplications and divisions alone. ECMAScript leaves the last
 * bits of Math.log, Math.exp, Math.pow and the trigonometric functions to the implementation, and V8 has changed
 * some of them between versions. Whatever reaches an artifact uses these. (Math.sqrt is exact by IEEE 754.)
 * Algorithms: FreeBSD msun e_log.c and e_exp.c, by Sun Microsystems; error below 1 ulp.
 */
const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

/** Splits x > 0 into m·2^e with √½ ≤ m < √2. */
function split(x: number): { mantissa: number; exponent: number } {
  let exponent = 0;
  if (x < 2 ** -1022) {
    x *= 2 ** 54;
    exponent = -54;
  }
  double[0] = x;
  exponent += ((words[HIGH]! >>> 20) & 0x7ff) - 1023;
  words[HIGH] = (words[HIGH]! & 0x800fffff) | 0x3ff00000;
  let mantissa = double[0];
  if (mantissa >= Math.SQRT2) {
    mantissa *= 0.5;
    exponent += 1;
  }
  return { mantissa, exponent };
}

/** Natural logarithm. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return Infinity;
  const { mantissa, exponent } = split(x);
  const f = mantissa - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332));
  const odd =
    z *
    (0.666666666666673513 +
      w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591)));
  const half = 0.5 * f * f;
  return exponent * LN2_HIGH - (half - (s * (half + even + odd) + exponent * LN2_LOW) - f);
}

export function log2(x: number): number {
  // Powers of two give whole numbers, as nDCG's discounts at ranks 1, 3, 7 … should be.
  if (x > 0 && x < Infinity) {
    const { mantissa, exponent } = split(x);
    if (mantissa === 1) return exponent;
  }
  return log(x) * Math.LOG2E;
}

export function exp(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x > 709.782712893383973096) return Infinity;
  if (x < -745.13321910194110842) return 0;
  const k = Math.round(x * Math.LOG2E);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const t = r * r;
  const c =
    r -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t *
              (6.61375632143793436117e-5 + t * (-1.6533902205465251539e-6 + t * 4.13813679705723846039e-8))));
  const value = 1 - (low - (r * c) / (2 - c) - high);
  // Two steps, because 2^k alone overflows or underflows at the ends of the range.
  const first = Math.trunc(k / 2);
  return value * 2 ** first * 2 ** (k - first);
}

/** base^exponent for a whole exponent, by squaring: the same bits everywhere, which Math.pow does not guarantee. */
export function power(base: number, exponent: number): number {
  let [result, square] = [1, base];
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
