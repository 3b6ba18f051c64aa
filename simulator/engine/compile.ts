/** Compiling the engine, and taking the image that makes its later starts fast. */
import { EngineInstance } from "./instance.ts";

/** The module can be posted to any number of workers. The bytes are used up. */
export async function compileEngine(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  const module = await WebAssembly.compile(bytes);
  release(bytes);
  return module;
}

/** Gives memory back at once; a collection that counts it may be far away. */
export function release(bytes: Uint8Array | undefined): void {
  const buffer = bytes?.buffer as { readonly transfer?: (size: number) => unknown } | undefined;
  buffer?.transfer?.(0);
}

/** The image of a warmed engine. */
export function warmImage(module: WebAssembly.Module): Uint8Array<ArrayBuffer> {
  const instance = new EngineInstance(module);
  instance.warmUp();
  return instance.image(module);
}
