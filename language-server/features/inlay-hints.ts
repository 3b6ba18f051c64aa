/** What a manifest does not say by itself: the namespace an object gets, the values of variables, defaults of what is left out. */
import type { InlayHint, InlayHintParams } from "vscode-languageserver";
import { InlayHintKind } from "vscode-languageserver";

import type { FilePart, ManifestFile } from "../manifest/manifest-file.ts";
import { offsetAt, positionAt } from "../manifest/manifest-file.ts";
import { isFluxGroup } from "../manifest/flux-names.ts";
import { variableSites } from "../manifest/variable-sites.ts";
import { namespacesOf } from "../model/namespaces.ts";
import { roleOf } from "../model/role.ts";
import { substitutionOf } from "../model/substitution.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { FolderModel } from "../workspace/folder-model.ts";
import { scalarText } from "./completion-keys.ts";
import { definitionsOf } from "./references-variables.ts";

interface Site {
  readonly model: WorkspaceModel;
  readonly file: ManifestFile;
  readonly part: FilePart;
}

/** Only of what lies in the range; an editor asks for what it shows. */
export function inlayHints(
  { model }: Pick<FolderModel, "model">,
  path: string,
  { range }: Pick<InlayHintParams, "range">,
  signal: AbortSignal,
): readonly InlayHint[] {
  const file = model.manifest(path);
  if (!file) return [];
  const [from, to] = [offsetAt(file, range.start), offsetAt(file, range.end)];
  return file.parts.flatMap((part): readonly InlayHint[] => {
    signal.throwIfAborted();
    const { start, document } = part;
    if (start > to || start + document.text.length < from) return [];
    const role = roleOf(document, { path, graph: model.graph });
    const site = { model, file, part };
    const isObject = role === "manifest" || role === "encrypted";
    if (role === "template") return [];
    const hints = [
      ...(isObject ? [...namespaceHint(site), ...defaultsHint(site)] : []),
      ...variableHints(site),
    ];
    return hints.filter(({ position }) => {
      const at = offsetAt(file, position);
      return at >= from && at <= to;
    });
  });
}

/** Behind the name, when the object gets another namespace than is written. */
function* namespaceHint({ model, file, part }: Site): Generator<InlayHint> {
  const { document, start } = part;
  const name = document.root?.at("metadata", "name");
  const kind = model.catalog?.find(document);
  if (!name || kind?.scope !== "namespaced" || document.name === "") return;
  const namespaces = namespacesOf(model, file.path, document);
  if (!namespaces || namespaces.every((one) => one === document.namespace)) return;
  const shown = namespaces.slice(0, 3).join(", ");
  yield {
    position: positionAt(file, start + name.span[1]),
    label: `namespace: ${shown}${namespaces.length > 3 ? ", …" : ""}`,
    tooltip: "The namespace that the object gets on its way to the cluster.",
    paddingLeft: true,
    kind: InlayHintKind.Type,
  };
}

/** Behind `spec:` of a Flux object: defaults of the fields that are left out. */
function* defaultsHint({ model, file, part }: Site): Generator<InlayHint> {
  const { document, start } = part;
  if (!isFluxGroup(document.group)) return;
  const spec = document.root?.get("spec");
  const properties = model.catalog?.find(document)?.schema.properties?.["spec"]?.properties;
  if (!spec?.isMap || !spec.keySpan || !properties) return;
  const written = new Set(spec.keys());
  const defaults = Object.entries(properties).flatMap(([name, { default: value }]) =>
    written.has(name) || value === undefined || typeof value === "object"
      ? []
      : [`${name}: ${scalarText(value)}`],
  );
  if (defaults.length === 0) return;
  yield {
    position: positionAt(file, start + spec.keySpan[1] + 1),
    label: defaults.slice(0, 3).join(", ") + (defaults.length > 3 ? ", …" : ""),
    tooltip: `Defaults of what is left out:\n${defaults.join("\n")}`,
    paddingLeft: true,
  };
}

/** Behind `${…}`: the value, where the text says it. What comes from a Secret is never shown. */
function* variableHints({ model, file, part }: Site): Generator<InlayHint> {
  const { sites } = variableSites(part.document);
  if (sites.length === 0) return;
  const owners = [
    ...new Set(model.graph.reachesOf(file.path).flatMap(({ owner }) => owner ?? [])),
  ].filter((owner) => substitutionOf(model, owner).isActive !== false);
  for (const { name, span } of sites) {
    const known = owners.flatMap((owner) => {
      const value = definitionsOf(model, owner, name)[0]?.value;
      return value === undefined ? [] : [{ owner: owner.name, value }];
    });
    const values = [...new Set(known.map(({ value }) => value))];
    if (values.length === 0) continue;
    yield {
      position: positionAt(file, part.start + span[1]),
      label: `= ${values.slice(0, 3).map(shortened).join(" | ")}${values.length > 3 ? " | …" : ""}`,
      tooltip: known.map(({ owner, value }) => `${owner}: ${shortened(value)}`).join("\n"),
      paddingLeft: true,
    };
  }
}

function shortened(value: string): string {
  const text = value === "" ? '""' : value;
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
