/** The register map as a page of the documentation. */

import { errorCodes } from "./error-codes";
import { addressBits, type Field, mapVersion, type Register } from "./register-map";

const howTo = `All registers are words of 32 bits on AXI4-Lite, little end first, in a page of ${2 ** (addressBits - 10)} KiB. Byte strobes
count. Bits without a field read as 0, and writing them does nothing; neither does writing what is only read. Where there is no
register, the answer is SLVERR. No access waits for a head.

| access | reads | writes |
|---|---|---|
| constant | always the same | nothing |
| ro | what the hardware says | nothing |
| rw | what was written | take effect with the next \`start\` (\`irq_enable\`: at once) |
| w1c | 1 once the hardware has set it | 1 clears it, unless it is set in the same cycle |
| pulse | 0 | 1 acts once |

## A head

1. Write the head's registers: KEYS, ROWS, N_VALID, OFFSET, MODE, SCALE, SHIFT, and what the rounds need.
2. Write 1 to \`start\`, with \`dense\` and \`irq_enable\` as they are wanted. If a register is out of its range, \`error\` is set and
   nothing starts. Otherwise the registers are copied, and may be written for the next head.
3. Send a packet of keys and one of values (not when \`load\` is 0), and one of queries; take one of outputs. They may be
   offered before.
4. \`done\` is set, and HEADS_DONE is one more, when the last beat of outputs has left.

The next head may be started as soon as \`pending\` is 0, while this one is still at work: its keys and values are loaded meanwhile,
its queries and outputs wait for those of this one. Then \`pending\` is 1 until this one is done. HEADS_DONE tells heads apart that end
before \`done\` is cleared.

A packet that is too short or too long, or has null bytes inside, sets \`error\`; the head ends all the same, but its outputs are
not to be trusted. Of several errors \`error_code\` keeps the first, until \`error\` is cleared.

## A soft reset

A \`soft_reset\` ends the heads in flight: they set no \`done\` and do not count in HEADS_DONE. Senders of keys, values and queries start
anew. Outputs have to be taken further: of a packet of which a beat has been offered, that beat stays as it is until it is taken, the others
are zeros, and \`tlast\` comes at its place; a packet of which none was offered is not sent. Once \`pending\` is 0 all of this is over.
Another \`soft_reset\` meanwhile changes nothing. Afterwards no keys are loaded; registers, \`done\` and \`error\` keep what they hold.

## Streams

Keys, values, queries and outputs are AXI4-Stream, a tensor a packet: row after row, feature after feature, a byte each, from the
lowest byte of a beat on, without padding between rows. A feature of fewer bits is in the lower ones of its byte; outputs have
their sign in the others. \`tlast\` is on the last beat, and only this one may have null bytes (\`tkeep\` 0), at its top.

## Counters

They are zeroed by a start while no head is in flight, and hold when none is; heads that follow each other without a gap add up.
A counter of 64 bits that still counts is read upper half, lower half, upper half, until both upper halves are equal.`;

/** @param made what accelerator has these registers, for the first paragraph. @param command what makes the page. */
export function registerPage(map: readonly Register[], made: string, command: string): string {
  return [
    "# Registers", "",
    `Made by \`${command}\`; not to be edited. This is version ${mapVersion.major}.${mapVersion.minor} of the map, for`,
    `${made}. Other parameters change what constants read as, which ranges`, "are allowed and how many rounds there are; addresses stay.", "",
    howTo, "",
    "## Map", "", "| address | register | |", "|---|---|---|",
    ...map.map((r) => `| ${hex(r.address)} | [${r.name}](#${r.name.toLowerCase()}) | ${r.doc} |`), "",
    ...map.flatMap(register),
    "## Errors", "", "| code | name | what is wrong |", "|---|---|---|",
    ...errorCodes.map((e) => `| ${e.code} | ${e.name} | ${e.doc} |`), "",
  ].join("\n");
}

const hex = (address: number): string => `\`0x${address.toString(16).padStart(3, "0")}\``;

function register({ name, address, doc, fields }: Register): string[] {
  const rows = fields.map((f) => `| ${range(f)} | ${f.name} | ${f.access} | ${shownReset(f)} | ${allowed(f)} | ${f.doc} |`);
  return [`### ${name}`, "", `${hex(address)}. ${doc}`, "", "| bits | field | access | reset | allowed | |", "|---|---|---|---|---|---|", ...rows, ""];
}

const range = ({ low, bits }: Field): string => (bits === 1 ? `${low}` : `${low + bits - 1}:${low}`);
/** What is only read has no value of its own; patterns of many bits are hexadecimal. */
const shownReset = ({ access, reset }: Field): string => (access === "ro" ? "" : reset > 0xffffn ? `0x${reset.toString(16)}` : `${reset}`);
const allowed = (f: Field): string => (f.allowed === null ? "" : `${f.allowed.min} .. ${f.allowed.max}`);
