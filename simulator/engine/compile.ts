/** Compiles the engine once; the module can be posted to any number of workers. */
export function compileEngine(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  return WebAssembly.compile(bytes);
}
