// Runs the driver on the accelerator in Verilator. Standard input has commands, most of them a function of the driver; standard
// output has a line for each that returns or reads something. The argument is the seed of all pauses; 0 is for none.

#include "host.h"
#include "verilated.h"

#include <iostream>
#include <map>
#include <string>

extern "C" {
#include "access.h"
#include "lapa.h"
}

namespace {

constexpr uintptr_t base = 0x43c00000;
Host* host;
lapa device;
// Heads that have been waited for.
uint32_t ended = 0;
// What registers read as, in place of what they hold; a word a read.
std::map<uint32_t, std::deque<uint32_t>> fakes;

uint32_t offset_of(uintptr_t address) {
  if (address - base >= 0x1000) fail("an access outside of the accelerator's page");
  return static_cast<uint32_t>(address - base);
}

}  // namespace

void bus_write(uintptr_t address, uint32_t word) { host->write(offset_of(address), word); }

uint32_t bus_read(uintptr_t address) {
  const uint32_t word = host->read(offset_of(address));
  auto& queue = fakes[offset_of(address)];
  if (queue.empty()) return word;
  const uint32_t fake = queue.front();
  queue.pop_front();
  return fake;
}

namespace {

// The next number of the input, in whatever type it is wanted.
struct Next {
  template <class Number> operator Number() const {
    long long value;
    if (!(std::cin >> value)) fail("a number is missing");
    return static_cast<Number>(value);
  }
};

Packet next_packet() {
  std::string hex;
  std::cin >> hex;
  Packet packet;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) packet.push_back(static_cast<uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return packet;
}

void probe() {
  const uint32_t offset = Next();
  const int code = lapa_probe(&device, base + offset);
  std::printf("probe %d", code);
  if (code == 0) {
    std::printf(" %u %u %u %u %u %u", device.head_dim, device.operand_bits, device.beat_bytes, device.max_keys, device.pe_rows, device.rounds);
    for (uint32_t r = 0; r < device.rounds; r++) std::printf(" %u", device.slice_bits[r]);
  }
  std::printf("\n");
}

void start() {
  lapa_head head = {};
  head.keys = Next();
  head.rows = Next();
  head.n_valid = Next();
  head.offset = Next();
  head.causal = Next();
  head.blend = Next();
  head.dense = Next();
  head.load = Next();
  head.scale = Next();
  head.shift = Next();
  for (uint32_t r = 0; r < device.rounds; r++) {
    head.round[r].rho = Next();
    head.round[r].guard = Next();
    head.round[r].weight = Next();
  }
  if (!lapa_busy(&device)) host->cycles = host->input_stalls = host->output_stalls = 0;
  std::printf("start %d\n", lapa_start(&device, &head));
}

void outputs() {
  if (host->outputs.empty()) fail("there are no outputs");
  std::printf("outputs ");
  for (uint8_t byte : host->outputs.front()) std::printf("%02x", byte);
  std::printf("\n");
  host->outputs.pop_front();
}

void wait() {
  const uint32_t heads = Next();
  const int code = lapa_wait(&device, ended + heads, Next());
  if (code == 0) ended += heads;
  std::printf("wait %d\n", code);
}

void ready() {
  for (Patience patience("pending for ever"); lapa_pending(&device);) patience.wait();
}

// Of heads that have run one behind the other.
void counters() {
  lapa_counters c;
  lapa_read_counters(&device, &c);
  if (c.input_stalls != host->input_stalls) std::printf("%u input stalls instead of %u\n", c.input_stalls, host->input_stalls);
  if (c.output_stalls != host->output_stalls) std::printf("%u output stalls instead of %u\n", c.output_stalls, host->output_stalls);
  if (c.cycles == 0 || c.cycles > host->cycles) std::printf("%llu cycles of %u\n", static_cast<unsigned long long>(c.cycles), host->cycles);
  if (c.pe_active == 0 || c.pe_active > c.cycles) std::printf("%llu active cycles\n", static_cast<unsigned long long>(c.pe_active));
  std::printf("counters rows %u survivors", c.rows_done);
  for (uint32_t r = 0; r < device.rounds; r++) std::printf(" %u", c.survivors[r]);
  std::printf("\n");
}

void cycles() {
  lapa_counters c;
  lapa_read_counters(&device, &c);
  std::printf("cycles %llu %llu\n", static_cast<unsigned long long>(c.cycles), static_cast<unsigned long long>(c.pe_active));
}

void soft_reset() {
  host->stop();
  const int code = lapa_soft_reset(&device, Next());
  std::printf("soft_reset %d\n", code);
  if (code == 0 && !host->output.empty()) fail("a packet of outputs has not come to its end");
  host->forget();
  ended = lapa_heads_done(&device);
}

void fake() {
  const uint32_t offset = Next();
  fakes[offset].push_back(Next());
}

const std::map<std::string, void (*)()> commands = {
  {"probe", probe}, {"start", start}, {"outputs", outputs}, {"wait", wait}, {"ready", ready}, {"counters", counters},
  {"cycles", cycles}, {"soft_reset", soft_reset}, {"fake", fake},
  {"keys", [] { host->keys.packets.push_back(next_packet()); }},
  {"values", [] { host->values.packets.push_back(next_packet()); }},
  {"queries", [] { host->queries.packets.push_back(next_packet()); }},
  {"finish", [] { std::printf("finish %d\n", lapa_finish(&device)); }},
  {"enable_irq", [] { lapa_enable_irq(&device, Next()); }},
  {"irq", [] { std::printf("irq %d\n", host->model.irq); }},
  {"bytes", [] { std::printf("bytes %u\n", lapa_packet_bytes(&device, Next())); }},
  {"idle", [] { host->idle(Next()); }},
};

}  // namespace

int main(int argc, char** argv) {
  VerilatedContext context;
  context.randReset(2);
  context.randSeed(1);
  Vtb model(&context);
  Host around(model, argc > 1 ? static_cast<uint32_t>(std::atoi(argv[1])) : 0);
  host = &around;
  for (std::string name; std::cin >> name;) {
    const auto found = commands.find(name);
    if (found == commands.end()) fail("there is no such command");
    found->second();
  }
  model.final();
  return 0;
}
