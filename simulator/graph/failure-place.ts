/**
 * Where a failure is to be mended: the file the engine names, and in it the line of what the message speaks of:
 * an unset variable, a broken `${…}`, a missing resource, the object itself.
 */
import type { EngineFailure } from "../engine/protocol.ts";
import type { TreeFile } from "../ports.ts";
import { badLine } from "../manifest/bad-line.ts";
import { lineIn, locate } from "../render/locate.ts";
import type { Built } from "../render/node.ts";
import type { Place } from "../records.ts";

/** `undefined` when the engine names no file, or the file is not one of the simulated tree. */
export function failurePlace(failure: EngineFailure, built: Built): Place | undefined {
  if (failure.path === undefined) return objectPlace(failure.message, built);
  if (built.treeArtifact === undefined) return undefined;
  const file = built.trees.get(built.treeArtifact)?.files.get(failure.path);
  const line = failure.line ?? lineOfMessage(failure.message, file) ?? lineOfObject(failure, file);
  return { path: failure.path, ...(line === undefined ? {} : { line }) };
}

/** kustomize names an object as `Deployment.v1.apps/name.namespace`. */
function objectPlace(message: string, built: Built): Place | undefined {
  const match = /'([A-Za-z]\w*)\.[^'/\s]*\/([\w.-]+)\.([\w-]+|\[noNs\])'/.exec(message);
  if (match === null) return undefined;
  const [, kind = "", name = "", namespace = ""] = match;
  return locate(built, {
    apiVersion: "",
    kind,
    name,
    namespace: namespace === "[noNs]" ? "" : namespace,
  });
}

function lineOfMessage(message: string, file: TreeFile | undefined): number | undefined {
  if (file?.bytes === undefined) return undefined;
  const text = new TextDecoder().decode(file.bytes);
  const bad = badLine(message, text);
  if (bad !== undefined) return bad;
  const variable = /variable not set \(strict mode\): "(\w+)"/.exec(message)?.[1];
  if (variable !== undefined) return lineOf(text, new RegExp(`\\$\\{#?${variable}\\b`));
  if (message.includes("missing closing brace")) return lineOf(text, brokenVariable);
  for (const name of quotedNames(message)) {
    const line = lineOf(text, new RegExp(escapeRegExp(name)));
    if (line !== undefined) return line;
  }
  return undefined;
}

/** `${…}` that `fluxcd/pkg/envsubst` can't read: a name with other characters, an unknown operator, or no end. */
const brokenVariable = /\$\{(?:[^}\n]*$|[^A-Za-z_#\d}]|#?\w+(?![\w}:=/#%^,?]|$))/;

/** What a message of kustomize puts in single quotes, longest first, and the last parts of paths among them. */
function quotedNames(message: string): readonly string[] {
  // Quotes stand within quotes, so those after a known phrase are looked for by themselves.
  const marks = [/'([^'\n]{3,200})'/g, /resources from '([^'\n]{3,200})'/g];
  const quoted = marks.flatMap((mark) =>
    [...message.matchAll(mark)].map((match) => match[1] ?? ""),
  );
  const parts = quoted.flatMap((name) =>
    name.includes("/") ? [name, name.slice(name.lastIndexOf("/") + 1)] : [name],
  );
  return [...new Set(parts)].filter((name) => name.length > 2).sort((a, b) => b.length - a.length);
}

function lineOfObject(failure: EngineFailure, file: TreeFile | undefined): number | undefined {
  const [kind, , name] = failure.object?.split("/") ?? [];
  return kind === undefined || name === undefined ? undefined : lineIn(file, kind, name);
}

function lineOf(text: string, pattern: RegExp): number | undefined {
  const index = text.split("\n").findIndex((line) => pattern.test(line));
  return index < 0 ? undefined : index + 1;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
