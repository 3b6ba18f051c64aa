// The repository's files as the tidy test sees them: text and imports, and what follows from the imports.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

const skippedFolders = new Set(["node_modules", "vendor", "dist", "dist-test", "testdata"]);
export interface SourceFile {
  /** Relative to the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Everything it names in imports and re-exports, types included. */
  readonly imports: readonly string[];
  /** What is there at run time: imports and re-exports that are not of types alone. */
  readonly values: readonly string[];
}

interface Manifest {
  readonly imports: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly when?: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

export function manifest(): Manifest {
  return JSON.parse(read("package.json")) as Manifest;
}

/** The file that an import means, relative to the root; packages stay as they are written. */
export function resolved(path: string, target: string): string {
  if (target.startsWith("#")) return posix.normalize(manifest().imports[target] ?? target);
  return target.startsWith(".") ? posix.join(posix.dirname(path), target) : target;
}

export function packageOf(target: string): string {
  const parts = target.split("/");
  return target.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
}

/** The files that are loaded when these are, by imports of values. */
export function reachable(
  sources: readonly SourceFile[],
  entries: readonly string[],
): readonly SourceFile[] {
  const byPath = new Map(sources.map((file) => [file.path, file]));
  const found = new Set<SourceFile>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = byPath.get(path);
    if (file !== undefined && !found.has(file)) {
      found.add(file);
      waiting.push(...file.values.map((target) => resolved(file.path, target)));
    }
  }
  return [...found];
}

/** Circles of imports, each as "a → b → a". Imports of types alone are none: they are gone at run time. */
export function cycles(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(" → "));
    const file = byPath.get(path);
    if (at >= 0 || done.has(path) || file === undefined) return;
    file.values.forEach((target) => visit(resolved(path, target), [...trail, path]));
    done.add(path);
  };
  files.forEach(({ path }) => visit(path, []));
  return found;
}

export function readSource(path: string): SourceFile {
  const text = read(path);
  const statement = /^(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?["']([^"']+)["']/gm;
  const found = [...text.matchAll(statement)].map(([, type, target]) => ({
    type: type !== undefined,
    target: target ?? "",
  }));
  const dynamic = [...text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g)].map(
    ([, target]) => target ?? "",
  );
  const values = found.filter(({ type }) => !type).map(({ target }) => target);
  return {
    path,
    text,
    imports: [...found.map(({ target }) => target), ...dynamic],
    values: [...values, ...dynamic],
  };
}

export function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

export function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      const hidden = entry.name.startsWith(".") && entry.name !== ".ci";
      return hidden || skippedFolders.has(entry.name) ? [] : filesBelow(path);
    }
    return entry.isFile() ? [path] : [];
  });
}
