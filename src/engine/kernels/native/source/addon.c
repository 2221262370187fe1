// The native kernels as an addon for Node, one file to the compiler. It works on the memory of the WebAssembly kernels
// and exports
//   recurrent(memory, control, thread), skipGram(memory, control, thread), search(memory, control, thread)
//       take jobs of the module of that name until none is left; `memory` is a typed array over the whole memory
//   exercise()
//       ends the process where the processor lacks the instructions
// Compiled for one instruction set; -DFUSED makes the fast kernels.
#include <node_api.h>

#include "gemm.c"
#include "functions.c"
#include "tokens.c"
#include "gru.c"
#include "lstm.c"
#include "pooling.c"
#include "composed-rows.c"
#include "normalise.c"
#include "in-batch.c"
#include "skip-gram.c"
#include "top-k.c"
#include "exact-search.c"
#include "bm25.c"
#include "work.c"
#include "operations.generated.c"
#include "exercise.c"

static napi_value call_work(napi_env env, napi_callback_info info, runner run) {
  napi_value arguments[3];
  size_t count = 3;
  void *memory;
  uint32_t control, thread;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 3 ||
      napi_get_typedarray_info(env, arguments[0], NULL, NULL, &memory, NULL, NULL) != napi_ok ||
      napi_get_value_uint32(env, arguments[1], &control) != napi_ok ||
      napi_get_value_uint32(env, arguments[2], &thread) != napi_ok)
    napi_throw_type_error(env, NULL, "expected (memory: Uint8Array, control: number, thread: number)");
  else if (work(memory, control, thread, run) != 0) napi_throw_error(env, NULL, "unknown instruction");
  return NULL;
}

static napi_value recurrent(napi_env env, napi_callback_info info) { return call_work(env, info, run_recurrent); }
static napi_value skip_gram(napi_env env, napi_callback_info info) { return call_work(env, info, run_skip_gram); }
static napi_value search(napi_env env, napi_callback_info info) { return call_work(env, info, run_search); }

static napi_value call_exercise(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  exercise();
  return NULL;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
    {"recurrent", NULL, recurrent, NULL, NULL, NULL, napi_enumerable, NULL},
    {"skipGram", NULL, skip_gram, NULL, NULL, NULL, napi_enumerable, NULL},
    {"search", NULL, search, NULL, NULL, NULL, napi_enumerable, NULL},
    {"exercise", NULL, call_exercise, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}
