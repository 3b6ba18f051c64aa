/** Compiling the engine, and taking the image that makes its later starts fast. */
import { EngineInstance } from "./instance.ts";

/** The module can be posted to any number of workers. */
export function compileEngine(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  return WebAssembly.compile(bytes);
}

/** The image of a warmed engine. */
export function warmImage(module: WebAssembly.Module): Uint8Array<ArrayBuffer> {
  const instance = new EngineInstance(module);
  instance.warmUp();
  return instance.image(module);
}
