// Gives the memory of a WebAssembly module a maximum, so that a runaway build cannot take the machine's memory.
// Go's linker has no option for it; the memory section is rewritten in place of that.

const memorySection = 5;
const headerLength = 8;

/** Returns the module with `maximum` pages as the limit of its only memory. */
export function capMemory(module, maximum) {
  let at = headerLength;
  while (at < module.length) {
    const id = module[at];
    const size = readUnsigned(module, at + 1);
    const end = size.next + size.value;
    if (id === memorySection) {
      const section = cappedSection(module.subarray(size.next, end), maximum);
      return Buffer.concat([module.subarray(0, at), section, module.subarray(end)]);
    }
    at = end;
  }
  throw new Error("the module has no memory section");
}

function cappedSection(body, maximum) {
  const count = readUnsigned(body, 0);
  const minimum = readUnsigned(body, count.next + 1);
  if (count.value !== 1 || body[count.next] !== 0) {
    throw new Error("the module's memory is not the one plain memory that was expected");
  }
  const content = [...writeUnsigned(1), 1, ...writeUnsigned(minimum.value), ...writeUnsigned(maximum)];
  return Buffer.from([memorySection, ...writeUnsigned(content.length), ...content]);
}

/** LEB128, as everywhere in the binary format. */
function readUnsigned(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) {
      return { value, next: at };
    }
  }
}

function writeUnsigned(value) {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) | (rest > 0 ? 0x80 : 0));
    value = rest;
  } while (value > 0);
  return bytes;
}
