// Elementwise functions from additions, multiplications and divisions alone; ../../assembly/lib/functions.ts explains them.
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include "vector.h"

#define MAGIC splat(12582912.0)

/** eʳ for the rest of x beyond n·ln 2, n being in the low bits of `shifted`. */
INLINE vector exp_of_rest(vector x, vector shifted) {
  const vector n = shifted - MAGIC;
  const vector r = madd(n, splat(0.00021219444), madd(n, splat(-0.693359375), x));
  vector p = madd(splat(1.9875691500E-4), r, splat(1.3981999507E-3));
  p = madd(p, r, splat(8.3334519073E-3));
  p = madd(p, r, splat(4.1665795894E-2));
  p = madd(p, r, splat(1.6666665459E-1));
  p = madd(p, r, splat(5.0000001201E-1));
  return madd(p, r * r, r) + splat(1);
}

INLINE vector whole_powers(vector x) { return x * splat(1.44269504) + MAGIC; }

INLINE vector exp_of(vector x) {
  x = least(greatest(x, splat(-105)), splat(89));
  const vector shifted = whole_powers(x), p = exp_of_rest(x, shifted);
  const ints e = (ints)shifted - (ints)MAGIC, half = e >> 1, bias = splat_int(127);
  const vector q = p * (vector)((half + bias) << 23);
  return q * (vector)(((e - half) + bias) << 23);
}

INLINE vector sigmoid_of(vector x) {
  const vector y = least(greatest(-x, splat(-87)), splat(87));
  const vector shifted = whole_powers(y), p = exp_of_rest(y, shifted);
  const ints power = (((ints)shifted - (ints)MAGIC) + splat_int(127)) << 23;
  return splat(1) / (splat(1) + p * (vector)power);
}

INLINE vector tanh_of(vector x) {
  const vector y = least(greatest(x, splat(-7.90531110763549805)), splat(7.90531110763549805)), s = y * y;
  vector p = madd(splat(-2.76076847742355e-16), s, splat(2.00018790482477e-13));
  p = madd(p, s, splat(-8.60467152213735e-11));
  p = madd(p, s, splat(5.12229709037114e-08));
  p = madd(p, s, splat(1.48572235717979e-05));
  p = madd(p, s, splat(6.37261928875436e-04));
  p = madd(p, s, splat(4.89352455891786e-03));
  vector q = madd(splat(1.19825839466702e-06), s, splat(1.18534705686654e-04));
  q = madd(q, s, splat(2.26843463243900e-03));
  q = madd(q, s, splat(4.89352518554385e-03));
  return (y * p) / q;
}

INLINE vector log_of(vector x) {
  const vector one = splat(1);
  const ints tiny = (ints)(x < splat(1.17549435e-38));
  const vector y = choose(tiny, x * splat(8388608), x);
  vector e = __builtin_convertvector((ints)((words)y >> 23) - splat_int(126), vector);
  e = e - (vector)(tiny & (ints)splat(23));
  vector m = (vector)(((ints)y & splat_int(0x007fffff)) | splat_int(0x3f000000));
  const ints low = (ints)(m < splat(0.707106781186547524));
  e = e - (vector)(low & (ints)one);
  m = (m + (vector)(low & (ints)m)) - one;
  const vector z = m * m;
  vector p = madd(splat(7.0376836292E-2), m, splat(-1.1514610310E-1));
  p = madd(p, m, splat(1.1676998740E-1));
  p = madd(p, m, splat(-1.2420140846E-1));
  p = madd(p, m, splat(1.4249322787E-1));
  p = madd(p, m, splat(-1.6668057665E-1));
  p = madd(p, m, splat(2.0000714765E-1));
  p = madd(p, m, splat(-2.4999993993E-1));
  p = madd(p, m, splat(3.3333331174E-1));
  vector r = (p * m) * z;
  r = madd(e, splat(-2.12194440e-4), r);
  r = madd(z, splat(-0.5), r);
  r = madd(e, splat(0.693359375), m + r);
  const vector infinity = splat(__builtin_inff());
  r = choose((ints)(x == infinity) | (ints)(x != x), x, r);
  r = choose((ints)(x == splat(0)), -infinity, r);
  return choose((ints)(x < splat(0)), splat(__builtin_nanf("")), r);
}

#endif
