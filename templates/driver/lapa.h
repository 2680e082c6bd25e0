/*
 * Driver of the LAPA accelerator: programs heads, and reads what has become of them.
 *
 * C99. It allocates nothing, keeps nothing but what it is given, and needs no operating system. What moves tensors (DMA,
 * caches, interrupts) is the caller's. Functions of one accelerator must not run at the same time.
 */

#ifndef LAPA_H
#define LAPA_H

#include <stdbool.h>
#include <stdint.h>
#include "registers.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What functions return besides 0 and the accelerator's own codes, `enum lapa_error` in registers.h. */
#define LAPA_NOT_FOUND (-1)     /* there is no accelerator at this address */
#define LAPA_OTHER_VERSION (-2) /* it has other registers than this driver was compiled for */
#define LAPA_TIMED_OUT (-3)     /* it did not come to an end in time */

/* An accelerator. lapa_probe fills it in; none of it changes afterwards. */
struct lapa {
  uintptr_t base;           /* address of its registers */
  uint32_t head_dim;        /* d: features, each a byte, of a query, key, value or output */
  uint32_t operand_bits;    /* W: bits of a feature, in the lower ones of its byte */
  uint32_t beat_bytes;      /* bytes of a beat of the streams */
  uint32_t max_keys;        /* keys that there is memory for */
  uint32_t pe_rows;         /* queries that are computed at a time */
  uint32_t rounds;          /* of prediction */
  uint32_t slice_bits[LAPA_MOST_ROUNDS]; /* bits of an operand that each round reads: they set the unit of its rho */
};

/* What filters a round: rho and guard, or weight where the head says blend. */
struct lapa_round {
  uint64_t rho;
  uint32_t guard;           /* 0 .. 63; 0 where the keys are the log operand */
  int32_t weight;           /* -15 .. 15 */
};

struct lapa_head {
  uint32_t keys;            /* also where they are not loaded */
  uint32_t rows;            /* queries, and rows of outputs */
  uint32_t n_valid;         /* keys from this one on are padding */
  int32_t offset;           /* with causal, query i sees the keys j <= i + offset */
  bool causal;
  bool blend;
  bool dense;               /* nothing is filtered */
  bool load;                /* keys and values come with the head; otherwise those of the head before stay */
  uint32_t scale, shift;    /* c and s of the softmax */
  struct lapa_round round[LAPA_MOST_ROUNDS];
};

/* What heads have cost since the last start while none was in flight. */
struct lapa_counters {
  uint64_t cycles;          /* in which a head was in flight */
  uint64_t pe_active;       /* cycles in which the PE array had operands */
  uint32_t input_stalls;    /* cycles in which an input stream was waited for */
  uint32_t output_stalls;   /* cycles in which outputs were not taken */
  uint32_t rows_done;
  uint32_t survivors[LAPA_MOST_ROUNDS]; /* keys that each round has kept, over all rows */
};

/* Looks for an accelerator, and reads what it can do. Returns 0, LAPA_NOT_FOUND or LAPA_OTHER_VERSION. */
int lapa_probe(struct lapa *device, uintptr_t base);

/* Bytes of the packet of so many queries, keys, values or outputs. */
uint32_t lapa_packet_bytes(const struct lapa *device, uint32_t vectors);

/* Whether the interrupt is raised while a head is done or something is wrong. */
void lapa_enable_irq(const struct lapa *device, bool enable);

/*
 * Starts a head. Two may be in flight: one at work, and one that is loaded meanwhile. Returns 0, or why the head is refused:
 * LAPA_ERROR_START_BUSY while lapa_pending is true, LAPA_ERROR_KEYS and so on for what is out of range.
 * Errors of packets of a head before stay for lapa_finish.
 */
int lapa_start(const struct lapa *device, const struct lapa_head *head);

/* Whether a start would be refused: a head waits for the one before, or a soft reset is not at its end. */
bool lapa_pending(const struct lapa *device);

/* Whether a head is in flight, or a soft reset is not at its end. */
bool lapa_busy(const struct lapa *device);

/* How many heads have ended since the reset, modulo 2^32. */
uint32_t lapa_heads_done(const struct lapa *device);

/* Waits until so many heads have ended since the reset. Returns 0, or LAPA_TIMED_OUT after so many reads. */
int lapa_wait(const struct lapa *device, uint32_t heads, uint32_t reads);

/*
 * Clears done and error, and so the interrupt. Returns the error that was set, or 0. A head that ends meanwhile may not raise
 * another interrupt, but is in lapa_heads_done afterwards.
 */
int lapa_finish(const struct lapa *device);

void lapa_read_counters(const struct lapa *device, struct lapa_counters *counters);

/*
 * Ends whatever is at work; no keys are loaded afterwards. What sends tensors has to be stopped before, and starts anew. What
 * takes outputs must go on until this returns: a packet that has begun comes to its end, with zeros, and is of no use; others do
 * not come. Returns 0, or LAPA_TIMED_OUT where it is still busy after so many reads.
 */
int lapa_soft_reset(const struct lapa *device, uint32_t reads);

#ifdef __cplusplus
}
#endif

#endif
