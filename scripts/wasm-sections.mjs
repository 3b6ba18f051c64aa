// Three changes to the WebAssembly that Go's linker makes: a maximum for its memory, so that a runaway build cannot take
// the machine's; exports of its globals (Go's registers), so that a stored image can bring an instance back whole;
// and a section with a build id, by which an image knows its module.
import { createHash } from "node:crypto";

const customSection = 0;
const memorySection = 5;
const globalSection = 6;
const exportSection = 7;
const globalKind = 3;
/** Exported globals are called by this and their number. */
const globalPrefix = "global_";
const buildSection = "sluice.build";
const headerLength = 8;

/** Returns the module with `maximum` pages as the limit of its only memory. */
export function capMemory(module, maximum) {
  return rewriteSection(module, memorySection, (body) => {
    const count = readUnsigned(body, 0);
    const minimum = readUnsigned(body, count.next + 1);
    if (count.value !== 1 || body[count.next] !== 0) {
      throw new Error("the module's memory is not the one plain memory that was expected");
    }
    return [...writeUnsigned(1), 1, ...writeUnsigned(minimum.value), ...writeUnsigned(maximum)];
  });
}

/** Returns the module with all its own globals exported. */
export function exportGlobals(module) {
  let globals = 0;
  rewriteSection(module, globalSection, (body) => {
    globals = readUnsigned(body, 0).value;
    return body;
  });
  return rewriteSection(module, exportSection, (body) => {
    const count = readUnsigned(body, 0);
    const added = Array.from({ length: globals }, (_, i) => {
      const name = Buffer.from(globalPrefix + String(i));
      return [...writeUnsigned(name.length), ...name, globalKind, ...writeUnsigned(i)];
    });
    return [...writeUnsigned(count.value + globals), ...body.subarray(count.next), ...added.flat()];
  });
}

function rewriteSection(module, wanted, rewrite) {
  let at = headerLength;
  while (at < module.length) {
    const size = readUnsigned(module, at + 1);
    const end = size.next + size.value;
    if (module[at] === wanted) {
      const content = Buffer.from(rewrite(module.subarray(size.next, end)));
      const header = Buffer.from([wanted, ...writeUnsigned(content.length)]);
      return Buffer.concat([module.subarray(0, at), header, content, module.subarray(end)]);
    }
    at = end;
  }
  throw new Error(`the module has no section ${wanted}`);
}

/** Returns the module with its own SHA-256 in a custom section. */
export function withBuildId(module) {
  const name = Buffer.from(buildSection);
  const content = Buffer.concat([
    Buffer.from(writeUnsigned(name.length)),
    name,
    createHash("sha256").update(module).digest(),
  ]);
  return Buffer.concat([
    module,
    Buffer.from([customSection, ...writeUnsigned(content.length)]),
    content,
  ]);
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
