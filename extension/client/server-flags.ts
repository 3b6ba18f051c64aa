/**
 * Flags of Node.js for the language server, so that its memory stays small: left alone, V8 takes 100 MB for the short-lived objects
 * of a plan before it collects them, and lets what lives long grow to several times its size. The benchmarks use the same.
 */
export const serverFlags: readonly string[] = [
  "--max-semi-space-size=2",
  "--heap-growing-percent=40",
];
