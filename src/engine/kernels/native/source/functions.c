// Elementwise functions of a whole array; the twin of ../../assembly/lib/functions.ts.
#include "abi.generated.h"
#include "functions.h"

INLINE vector function_of(uint32_t kind, vector x) {
  switch (kind) {
    case FUNCTION_EXP: return exp_of(x);
    case FUNCTION_LOG: return log_of(x);
    case FUNCTION_TANH: return tanh_of(x);
    default: return sigmoid_of(x);
  }
}

/** kind: one of FUNCTION_…; count floats rounded up to 4. */
static void functions_map(uint32_t kind, const float *src, float *dst, uint32_t count) {
  const size_t floats = ((size_t)count + 3) & ~(size_t)3;
#define MAP(lanes) store(dst + k, function_of(kind, load(src + k, lanes)), lanes)
  EACH_VECTOR(floats, k, MAP);
#undef MAP
}
