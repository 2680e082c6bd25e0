/**
 * How much a host does besides running heads: everything, with stalls and without; everything once, with stalls, of values that a
 * register must not have only a few; or, for slow engines, what differs most; or it reads what registers are after reset, no more.
 */
export type Extent = "all" | "once" | "some" | "reset";
