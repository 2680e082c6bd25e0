/* Driver of the LAPA accelerator: see lapa.h. */

#include "lapa.h"

/*
 * How a register of 32 bits is read and written, in the order of the program. Where it takes more than a load and a store, compile with
 * -DLAPA_ACCESS='"file.h"', which defines these two instead.
 */
#ifdef LAPA_ACCESS
#include LAPA_ACCESS
#else
#define LAPA_READ(address) (*(const volatile uint32_t *)(address))
#define LAPA_WRITE(address, word) (*(volatile uint32_t *)(address) = (word))
#endif

static uint32_t get(const struct lapa *device, uint32_t offset) { return LAPA_READ(device->base + offset); }
static void set(const struct lapa *device, uint32_t offset, uint32_t word) { LAPA_WRITE(device->base + offset, word); }

int lapa_probe(struct lapa *device, uintptr_t base)
{
  const uint32_t own = lapa_set_version_major(LAPA_VERSION_VERSION_MINOR_RESET, LAPA_VERSION_VERSION_MAJOR_RESET);
  uint32_t version, vectors, slices, r;

  device->base = base;
  if (get(device, LAPA_MAGIC) != LAPA_MAGIC_MAGIC_RESET) return LAPA_NOT_FOUND;
  version = get(device, LAPA_VERSION);
  /* A higher minor version has more registers than are used here, a lower one may lack some. */
  if (lapa_get_version_major(version) != LAPA_VERSION_VERSION_MAJOR_RESET || version < own) return LAPA_OTHER_VERSION;
  vectors = get(device, LAPA_VECTORS);
  device->head_dim = lapa_get_head_dim(vectors);
  device->operand_bits = lapa_get_operand_bits(vectors);
  device->beat_bytes = lapa_get_beat_bytes(vectors);
  device->max_keys = lapa_get_max_keys(get(device, LAPA_CAPACITY));
  device->pe_rows = lapa_get_pe_rows(get(device, LAPA_ARRAY));
  device->rounds = lapa_get_rounds(get(device, LAPA_FORMAT));
  slices = get(device, LAPA_SLICES);
  for (r = 0; r < LAPA_MOST_ROUNDS; r++) device->slice_bits[r] = (slices >> (4 * r)) & LAPA_SLICES_SLICE_0_MASK;
  return 0;
}

uint32_t lapa_packet_bytes(const struct lapa *device, uint32_t vectors) { return vectors * device->head_dim; }

void lapa_enable_irq(const struct lapa *device, bool enable)
{
  set(device, LAPA_CONTROL, lapa_set_irq_enable(get(device, LAPA_CONTROL), enable));
}

static void write_head(const struct lapa *device, const struct lapa_head *head)
{
  uint32_t r;

  set(device, LAPA_KEYS, head->keys);
  set(device, LAPA_ROWS, head->rows);
  set(device, LAPA_N_VALID, head->n_valid);
  set(device, LAPA_OFFSET, (uint32_t)head->offset);
  set(device, LAPA_MODE, lapa_set_causal(0, head->causal) | lapa_set_blend(0, head->blend) | lapa_set_load(0, head->load));
  set(device, LAPA_SCALE, head->scale);
  set(device, LAPA_SHIFT, head->shift);
  for (r = 0; r < device->rounds; r++) {
    const struct lapa_round *round = &head->round[r];
    uint32_t stride = r * LAPA_ROUND_STRIDE;

    set(device, LAPA_RHO_0_LO + stride, (uint32_t)round->rho);
    set(device, LAPA_RHO_0_HI + stride, (uint32_t)(round->rho >> 32));
    set(device, LAPA_GUARD_0 + stride, round->guard);
    set(device, LAPA_WEIGHT_0 + stride, (uint32_t)round->weight);
  }
}

int lapa_start(const struct lapa *device, const struct lapa_head *head)
{
  uint32_t control, status, refused;

  write_head(device, head);
  control = lapa_set_dense(get(device, LAPA_CONTROL), head->dense);
  set(device, LAPA_CONTROL, lapa_set_start(control, 1));
  status = get(device, LAPA_STATUS);
  refused = lapa_get_start_code(status);
  /* The caller knows of the refusal; another error is still to be told. */
  if (refused != LAPA_ERROR_NONE && lapa_get_error_code(status) == refused) set(device, LAPA_STATUS, LAPA_STATUS_ERROR_MASK);
  return (int)refused;
}

bool lapa_pending(const struct lapa *device) { return lapa_get_pending(get(device, LAPA_STATUS)) != 0; }

bool lapa_busy(const struct lapa *device) { return lapa_get_busy(get(device, LAPA_STATUS)) != 0; }

uint32_t lapa_heads_done(const struct lapa *device) { return get(device, LAPA_HEADS_DONE); }

int lapa_wait(const struct lapa *device, uint32_t heads, uint32_t reads)
{
  /* The count may have gone past `heads`, and past 2^32. */
  while (heads - lapa_heads_done(device) - 1 < UINT32_MAX / 2) if (reads-- == 0) return LAPA_TIMED_OUT;
  return 0;
}

int lapa_finish(const struct lapa *device)
{
  uint32_t status = get(device, LAPA_STATUS);

  /* Only what has been seen is cleared: nothing that comes meanwhile is lost. */
  set(device, LAPA_STATUS, status & (LAPA_STATUS_DONE_MASK | LAPA_STATUS_ERROR_MASK));
  return (int)lapa_get_error_code(status);
}

/* A counter that may go on counting: the upper half is the same before and after the lower one. */
static uint64_t get_long(const struct lapa *device, uint32_t low, uint32_t high)
{
  uint32_t upper, lower, again = get(device, high);

  do {
    upper = again;
    lower = get(device, low);
    again = get(device, high);
  } while (again != upper);
  return ((uint64_t)upper << 32) | lower;
}

void lapa_read_counters(const struct lapa *device, struct lapa_counters *counters)
{
  uint32_t r;

  counters->cycles = get_long(device, LAPA_CYCLES_LO, LAPA_CYCLES_HI);
  counters->pe_active = get_long(device, LAPA_PE_ACTIVE_LO, LAPA_PE_ACTIVE_HI);
  counters->input_stalls = get(device, LAPA_INPUT_STALLS);
  counters->output_stalls = get(device, LAPA_OUTPUT_STALLS);
  counters->rows_done = get(device, LAPA_ROWS_DONE);
  for (r = 0; r < LAPA_MOST_ROUNDS; r++) counters->survivors[r] = r < device->rounds ? get(device, LAPA_SURVIVORS_0 + 4 * r) : 0;
}

int lapa_soft_reset(const struct lapa *device, uint32_t reads)
{
  set(device, LAPA_CONTROL, lapa_set_soft_reset(get(device, LAPA_CONTROL), 1));
  while (lapa_busy(device)) if (reads-- == 0) return LAPA_TIMED_OUT;
  lapa_finish(device);
  return 0;
}
