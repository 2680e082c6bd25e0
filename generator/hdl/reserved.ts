/**
 * Words that cannot name anything, in either dialect: those of Verilog-2005 and SystemVerilog-2012, and what tools take for
 * one of theirs (Icarus: bool, wreal; Verilator: mailbox, process, semaphore).
 */
export const reservedWords: ReadonlySet<string> = new Set(`
accept_on alias always always_comb always_ff always_latch and assert assign assume automatic before begin bind bins binsof bit
bool break buf bufif0 bufif1 byte case casex casez cell chandle checker class clocking cmos config const constraint context continue
cover covergroup coverpoint cross deassign default defparam design disable dist do edge else end endcase endchecker endclass
endclocking endconfig endfunction endgenerate endgroup endinterface endmodule endpackage endprimitive endprogram endproperty
endspecify endsequence endtable endtask enum event eventually expect export extends extern final first_match for force foreach
forever fork forkjoin function generate genvar global highz0 highz1 if iff ifnone ignore_bins illegal_bins implements implies
import incdir include initial inout input inside instance int integer interconnect interface intersect join join_any join_none
large let liblist library local localparam logic longint macromodule mailbox matches medium modport module nand negedge nettype new
nexttime nmos nor noshowcancelled not notif0 notif1 null or output package packed parameter pmos posedge primitive priority
process program property protected pull0 pull1 pulldown pullup pulsestyle_ondetect pulsestyle_onevent pure rand randc randcase
randsequence rcmos real realtime ref reg reject_on release repeat restrict return rnmos rpmos rtran rtranif0 rtranif1 s_always
s_eventually s_nexttime s_until s_until_with scalared semaphore sequence shortint shortreal showcancelled signed small soft solve specify
specparam static string strong strong0 strong1 struct super supply0 supply1 sync_accept_on sync_reject_on table tagged task this
throughout time timeprecision timeunit tran tranif0 tranif1 tri tri0 tri1 triand trior trireg type typedef union unique unique0
unsigned until until_with untyped use uwire var vectored virtual void wait wait_order wand weak weak0 weak1 while wildcard wire
with within wor wreal xnor xor
`.trim().split(/\s+/));

/** Words of C++ and its library: as a port of the top, each is a warning of Verilator's (SYMRSVDWORD). */
const wordsOfCpp: ReadonlySet<string> = new Set(`
abort alignas alignof and_eq asm atomic_cancel atomic_commit atomic_noexcept auto bit_vector bitand bitor catch cdecl char char16_t
char32_t compl complex concept const_cast const_iterator constexpr decltype delete deque double dynamic_cast explicit false far float
friend goto huge inline interrupt iterator list long map noexcept not_eq operator pascal private public queue register
reinterpret_cast requires set short sizeof stack static_assert static_cast synchronized template thread_local throw
transaction_safe_dynamic true try type_info typeid typename uint16_t uint32_t uint8_t using vector volatile wchar_t xor_eq
`.trim().split(/\s+/));

/** Why a name cannot be a port's; null when it can. Any module may become a top, so this holds for all of them. */
export function portFault(name: string): string | null {
  return wordsOfCpp.has(name) ? "a word of C++, about which Verilator warns" : nameFault(name);
}

/** Why a name cannot be one in Verilog; null when it can. */
export function nameFault(name: string): string | null {
  if (reservedWords.has(name)) return "a reserved word of Verilog";
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? null : "no Verilog name: letters, digits and underscores, no digit first";
}

/** Longest name of a module: its file is called after it, and no file's name may have more than 255 characters. */
const longestModule = 200;

/** Why a name cannot be a module's; null when it can. */
export function moduleFault(name: string): string | null {
  return name.length > longestModule ? `longer than ${longestModule} characters: its file is called after it` : nameFault(name);
}
