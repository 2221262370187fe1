// Runs the widest instructions of the kernels once on memory of its own, whatever comes out: in a process that may end
// by it, this tells whether the processor has them.
#include "vector.h"

static void exercise(void) {
  enum { H = 24, RECORD = 4 * H, FLOATS = 1 << 14 };
  static float memory[FLOATS];
  static const uint32_t starts[] = {0, 2, 3}, ids[] = {0, 1};
  static uint32_t beat;
  float *record = memory, *y = record + 3 * RECORD, *u = y + 3 * RECORD, *zeros = u + 3 * RECORD * H;
  float *dy = zeros + RECORD, *scratch = dy + 3 * RECORD;
  gru_forward(record, 1, NULL, NULL, y, H * 4, u, zeros, zeros, starts, 2, 0, H, &beat);
  gru_backward(record, y, H * 4, u, dy, H * 4, zeros, starts, 2, 0, H, scratch, &beat);
  lstm_forward(record, 1, NULL, NULL, y, H * 4, dy, u, zeros, starts, 2, 1, H, &beat);
  functions_map(FUNCTION_LOG, zeros, dy, RECORD);
  tokens_adam(record, y, dy, zeros, ids, 2, H * 4, 1, 1, 1, 1, 1, 1, 1, 1, 1);
  tokens_squares(record, RECORD, (double *)scratch);
  tokens_sum_rows(record, RECORD * 4, dy, 3, RECORD * 4);
}
