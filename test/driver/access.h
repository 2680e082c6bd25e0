/* How the driver reaches registers in this test: through the simulated bus. */

#include <stdint.h>

uint32_t bus_read(uintptr_t address);
void bus_write(uintptr_t address, uint32_t word);

#define LAPA_READ(address) bus_read(address)
#define LAPA_WRITE(address, word) bus_write((address), (word))
