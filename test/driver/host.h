// What is around the accelerator: the host's register bus, a DMA engine for each stream, and a clock. All pause at random.

#ifndef HOST_H
#define HOST_H

#include "Vtb.h"
#include "registers.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <vector>

using Packet = std::vector<uint8_t>;
constexpr size_t beat_bytes = LAPA_VECTORS_BEAT_BYTES_RESET;

[[noreturn]] inline void fail(const char* what) {
  std::printf("%s\n", what);
  std::exit(1);
}

// Counts what is waited for. Nothing here takes that long.
class Patience {
  int left = 20000;
  const char* what;

 public:
  explicit Patience(const char* what) : what(what) {}
  void wait() {
    if (left-- == 0) fail(what);
  }
};

// xorshift32; from 0 it stays 0, which is never a pause.
struct Pauses {
  uint32_t state;

  void next() {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
  }

  // Whether the engine of this number goes on in this cycle.
  bool go(int engine) const { return ((state >> (3 * engine)) & 3) != 3; }
};

// Sends packets. A beat stays until it is taken.
template <class Data, class Keep> struct Sender {
  Data& tdata;
  Keep& tkeep;
  CData &tlast, &tvalid, &tready;
  std::deque<Packet> packets = {};
  size_t at = 0;

  size_t beat() const { return std::min(beat_bytes, packets.front().size() - at); }
  bool starves() const { return tready && !tvalid; }
  bool moves() const { return tready && tvalid; }

  void offer(bool goes) {
    tvalid = !packets.empty() && (tvalid || goes);
    if (!tvalid) return;
    uint64_t word = 0;
    for (size_t i = 0; i < beat(); i++) word |= uint64_t{packets.front()[at + i]} << (8 * i);
    tdata = static_cast<Data>(word);
    tkeep = static_cast<Keep>((1u << beat()) - 1);
    tlast = at + beat() == packets.front().size();
  }

  // The beat has been taken.
  void advance() {
    at += beat();
    tvalid = 0;
    if (at < packets.front().size()) return;
    packets.pop_front();
    at = 0;
  }

  void stop() {
    packets.clear();
    at = 0;
    tvalid = 0;
  }
};
template <class Data, class Keep> Sender(Data&, Keep&, CData&, CData&, CData&) -> Sender<Data, Keep>;

#define SENDER(name) \
  Sender { model.s_axis_##name##_tdata, model.s_axis_##name##_tkeep, model.s_axis_##name##_tlast, model.s_axis_##name##_tvalid, model.s_axis_##name##_tready }

struct Host {
  Vtb& model;
  Pauses pauses;
  decltype(SENDER(keys)) keys = SENDER(keys), values = SENDER(values), queries = SENDER(queries);
  // Outputs: packets that are complete, and what there is of the next.
  std::deque<Packet> outputs = {};
  Packet output = {};
  // Cycles, and those that the accelerator should count as stalls.
  uint32_t cycles = 0, input_stalls = 0, output_stalls = 0;

  // Until the first clock edge of the reset everything is random.
  Host(Vtb& model, uint32_t seed) : model(model), pauses{seed} {
    model.s_axil_awvalid = model.s_axil_wvalid = model.s_axil_bready = model.s_axil_arvalid = model.s_axil_rready = 0;
    model.rst = 1;
    stop();
    idle(2);
    model.rst = 0;
    forget();
  }

  // From one clock edge to just before the next: outputs that depend on inputs have settled.
  void settle() {
    pauses.next();
    keys.offer(pauses.go(0));
    values.offer(pauses.go(1));
    queries.offer(pauses.go(2));
    model.m_axis_outputs_tready = pauses.go(3);
    model.clk = 0;
    model.eval();
  }

  void edge() {
    const bool moves[] = {keys.moves(), values.moves(), queries.moves()};
    cycles++;
    input_stalls += keys.starves() || values.starves() || queries.starves();
    output_stalls += model.m_axis_outputs_tvalid && !model.m_axis_outputs_tready;
    watch();
    if (model.m_axis_outputs_tvalid && model.m_axis_outputs_tready) take();
    model.clk = 1;
    model.eval();
    if (moves[0]) keys.advance();
    if (moves[1]) values.advance();
    if (moves[2]) queries.advance();
  }

  void idle(int count) {
    while (count-- > 0) {
      settle();
      edge();
    }
  }

  // Forgets all packets that are to be sent. Outputs are taken all the same.
  void stop() {
    keys.stop();
    values.stop();
    queries.stop();
  }

  // Forgets all outputs.
  void forget() {
    outputs.clear();
    output.clear();
  }

  void write(uint32_t address, uint32_t word) {
    bool address_left = true, data_left = true;
    model.s_axil_awaddr = static_cast<SData>(address);
    model.s_axil_wdata = word;
    model.s_axil_wstrb = 15;
    for (Patience patience("a write hangs");; patience.wait()) {
      model.s_axil_awvalid = address_left && (model.s_axil_awvalid || pauses.go(4));
      model.s_axil_wvalid = data_left && (model.s_axil_wvalid || pauses.go(5));
      model.s_axil_bready = pauses.go(6);
      settle();
      const bool answered = model.s_axil_bvalid && model.s_axil_bready;
      if (answered && model.s_axil_bresp != 0) fail("a write was answered with an error");
      address_left &= !(model.s_axil_awvalid && model.s_axil_awready);
      data_left &= !(model.s_axil_wvalid && model.s_axil_wready);
      edge();
      model.s_axil_awvalid &= address_left;
      model.s_axil_wvalid &= data_left;
      if (answered) break;
    }
    model.s_axil_bready = 0;
  }

  uint32_t read(uint32_t address) {
    bool address_left = true;
    uint32_t word = 0;
    model.s_axil_araddr = static_cast<SData>(address);
    for (Patience patience("a read hangs");; patience.wait()) {
      model.s_axil_arvalid = address_left && (model.s_axil_arvalid || pauses.go(4));
      model.s_axil_rready = pauses.go(5);
      settle();
      const bool answered = model.s_axil_rvalid && model.s_axil_rready;
      if (answered && model.s_axil_rresp != 0) fail("a read was answered with an error");
      word = model.s_axil_rdata;
      address_left &= !(model.s_axil_arvalid && model.s_axil_arready);
      edge();
      model.s_axil_arvalid &= address_left;
      if (answered) break;
    }
    model.s_axil_rready = 0;
    return word;
  }

 private:
  struct Beat {
    bool valid, last;
    uint64_t data, keep;
  };
  // The beat that was not taken in the last cycle.
  Beat offered = {};

  // A beat stays as it is until it is taken, whatever happens.
  void watch() {
    const Beat now = {model.m_axis_outputs_tvalid != 0, model.m_axis_outputs_tlast != 0, model.m_axis_outputs_tdata, model.m_axis_outputs_tkeep};
    if (!model.rst && offered.valid && !(now.valid && now.last == offered.last && now.data == offered.data && now.keep == offered.keep)) fail("a beat of outputs changes");
    offered = now;
    offered.valid = now.valid && !model.m_axis_outputs_tready;
  }

  // A beat of outputs.
  void take() {
    const uint64_t word = model.m_axis_outputs_tdata;
    for (size_t i = 0; i < beat_bytes; i++)
      if ((model.m_axis_outputs_tkeep >> i) & 1) output.push_back(static_cast<uint8_t>(word >> (8 * i)));
    if (!model.m_axis_outputs_tlast) return;
    outputs.push_back(output);
    output.clear();
  }
};

#endif
