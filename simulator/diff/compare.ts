/** Compares two JSON values and names every difference by its JSON pointer. Lists of named items are matched by name. */
import { isObject } from "../manifest/json.ts";

export interface Difference {
  /** JSON pointer; indexes are those of the target, or of the base for what was removed. */
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  readonly before?: unknown;
  readonly after?: unknown;
  /** Pointer on the base side when it differs from `path` (items that changed their position). */
  readonly basePath?: string;
}

export function compareValues(before: unknown, after: unknown): readonly Difference[] {
  const found: Difference[] = [];
  compare(before, after, "", "", found);
  return found;
}

function compare(
  before: unknown,
  after: unknown,
  path: string,
  basePath: string,
  found: Difference[],
): void {
  if (before === after) return;
  if (isObject(before) && isObject(after))
    return compareObjects(before, after, path, basePath, found);
  if (Array.isArray(before) && Array.isArray(after))
    return compareLists(before, after, path, basePath, found);
  found.push(difference("changed", path, basePath, before, after));
}

function compareObjects(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  path: string,
  basePath: string,
  found: Difference[],
): void {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  for (const key of keys) {
    const step = `/${escapePointer(key)}`;
    if (!Object.hasOwn(after, key))
      found.push(difference("removed", path + step, basePath + step, before[key], undefined));
    else if (!Object.hasOwn(before, key))
      found.push(difference("added", path + step, basePath + step, undefined, after[key]));
    else compare(before[key], after[key], path + step, basePath + step, found);
  }
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  basePath: string,
  found: Difference[],
): void {
  const start = found.length;
  const named = namesOf(before);
  const namedAfter = namesOf(after);
  if (named !== undefined && namedAfter !== undefined) {
    for (const [name, index] of named) {
      const other = namedAfter.get(name);
      if (other === undefined)
        found.push(
          difference(
            "removed",
            `${path}/${index}`,
            `${basePath}/${index}`,
            before[index],
            undefined,
          ),
        );
      else compare(before[index], after[other], `${path}/${other}`, `${basePath}/${index}`, found);
    }
    for (const [name, index] of namedAfter) {
      if (!named.has(name))
        found.push(
          difference("added", `${path}/${index}`, `${basePath}/${index}`, undefined, after[index]),
        );
    }
    if (found.length === start && !sameOrder(named, namedAfter))
      found.push(difference("changed", path, basePath, before, after));
    return;
  }
  for (let index = 0; index < Math.max(before.length, after.length); index++) {
    const step = `/${index}`;
    if (index >= after.length)
      found.push(difference("removed", path + step, basePath + step, before[index], undefined));
    else if (index >= before.length)
      found.push(difference("added", path + step, basePath + step, undefined, after[index]));
    else compare(before[index], after[index], path + step, basePath + step, found);
  }
}

/** Index by name when every item is an object with its own name; else `undefined`. */
function namesOf(list: readonly unknown[]): ReadonlyMap<string, number> | undefined {
  const names = new Map<string, number>();
  for (const [index, item] of list.entries()) {
    const name = isObject(item) ? item["name"] : undefined;
    if (typeof name !== "string" || names.has(name)) return undefined;
    names.set(name, index);
  }
  return names;
}

function sameOrder(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return [...a.keys()].join("\n") === [...b.keys()].join("\n");
}

function difference(
  kind: Difference["kind"],
  path: string,
  basePath: string,
  before: unknown,
  after: unknown,
): Difference {
  return {
    path,
    kind,
    ...(kind === "added" ? {} : { before }),
    ...(kind === "removed" ? {} : { after }),
    ...(path === basePath ? {} : { basePath }),
  };
}

function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The value a JSON pointer leads to, or `undefined`. */
export function valueAtPointer(value: unknown, pointer: string): unknown {
  let current = value;
  for (const step of pointer.split("/").slice(1)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(current)) current = current[Number(key)] as unknown;
    else if (isObject(current) && Object.hasOwn(current, key)) current = current[key];
    else return undefined;
  }
  return current;
}
