/**
 * A warmed engine at rest, stored once per build of the engine, so that a start skips Go's initialisation and what every
 * first build pays. An instance is its linear memory and a few globals (Go's registers), which the build script exports.
 * Only the pages that differ from what the module itself puts there are kept.
 *
 * Format, little endian: 32 bytes build id, u32 bytes of fresh memory, u32 bytes of warm memory, u32 count of globals,
 * u32 count of pages, the globals as i64, the page numbers as u32, the pages.
 */
const page = 4096;
const buildIdLength = 32;
const headerLength = buildIdLength + 16;

/** WebAssembly grows in pages of 64 KiB. */
const growPage = 65536;

/** The custom section in which the build script writes the digest of the module. */
const buildSection = "sluice.build";
const globalPrefix = "global_";

/** What an image is taken of and applied to: the memory and the globals of an instance that no call is running in. */
export interface InstanceState {
  readonly memory: WebAssembly.Memory;
  readonly globals: readonly WebAssembly.Global[];
}

export function stateOf(exports: WebAssembly.Exports, memory: WebAssembly.Memory): InstanceState {
  const globals: WebAssembly.Global[] = [];
  for (let i = 0; ; i++) {
    const global = exports[globalPrefix + String(i)];
    if (!(global instanceof WebAssembly.Global)) {
      return { memory, globals };
    }
    globals.push(global);
  }
}

/** Identity of a build of the engine, or undefined for a module without one. */
function buildIdOf(module: WebAssembly.Module): Uint8Array | undefined {
  const [section] = WebAssembly.Module.customSections(module, buildSection);
  return section?.byteLength === buildIdLength ? new Uint8Array(section) : undefined;
}

/** `fresh` is the memory of an instance of `module` that has run nothing, `warm` one that is warmed and at rest. */
export function encodeImage(
  module: WebAssembly.Module,
  fresh: Uint8Array,
  warm: InstanceState,
): Uint8Array<ArrayBuffer> {
  const buildId = buildIdOf(module);
  if (buildId === undefined) {
    throw new Error("the engine's WebAssembly has no build id");
  }
  const memory = new Uint8Array(warm.memory.buffer);
  const changed: number[] = [];
  for (let at = 0; at < memory.byteLength; at += page) {
    if (!samePage(fresh, memory, at)) {
      changed.push(at / page);
    }
  }
  const numbers = headerLength + warm.globals.length * 8;
  const pages = numbers + changed.length * 4;
  const image = new Uint8Array(pages + changed.length * page);
  const view = new DataView(image.buffer);
  image.set(buildId);
  [fresh.byteLength, memory.byteLength, warm.globals.length, changed.length].forEach((value, i) => {
    view.setUint32(buildIdLength + i * 4, value, true);
  });
  warm.globals.forEach((global, i) =>
    view.setBigInt64(headerLength + i * 8, BigInt(global.value), true),
  );
  changed.forEach((number, i) => {
    view.setUint32(numbers + i * 4, number, true);
    image.set(memory.subarray(number * page, (number + 1) * page), pages + i * page);
  });
  return image;
}

function samePage(fresh: Uint8Array, warm: Uint8Array, at: number): boolean {
  const known = at < fresh.byteLength;
  for (let i = at; i < at + page; i++) {
    if (warm[i] !== (known ? fresh[i] : 0)) {
      return false;
    }
  }
  return true;
}

/**
 * Turns an instance that has run nothing into the warm one.
 * False, and nothing is changed, when the image is not of this build or not whole.
 */
export function applyImage(
  module: WebAssembly.Module,
  target: InstanceState,
  image: Uint8Array,
): boolean {
  const buildId = buildIdOf(module);
  if (
    buildId === undefined ||
    image.byteLength < headerLength ||
    buildId.some((byte, i) => byte !== image[i])
  ) {
    return false;
  }
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const [freshSize = 0, warmSize = 0, globals = 0, count = 0] = [0, 4, 8, 12].map((at) =>
    view.getUint32(buildIdLength + at, true),
  );
  const numbers = headerLength + globals * 8;
  const pages = numbers + count * 4;
  const fits = target.memory.buffer.byteLength === freshSize && target.globals.length === globals;
  if (!fits || image.byteLength !== pages + count * page) {
    return false;
  }
  target.memory.grow((warmSize - freshSize) / growPage);
  const memory = new Uint8Array(target.memory.buffer);
  for (let i = 0; i < count; i++) {
    const from = pages + i * page;
    memory.set(image.subarray(from, from + page), view.getUint32(numbers + i * 4, true) * page);
  }
  target.globals.forEach((global, i) => {
    const value = view.getBigInt64(headerLength + i * 8, true);
    global.value = typeof global.value === "bigint" ? value : Number(value);
  });
  return true;
}
