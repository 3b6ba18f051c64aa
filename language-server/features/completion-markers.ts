/** Markers of image automation, in comments: `# {"$imagepolicy": "flux-system:app"}`. */
import { flux } from "../manifest/flux-names.ts";
import { namespacesOf } from "../model/namespaces.ts";
import type { WorkspaceModel } from "../model/workspace-model.ts";
import type { Completed } from "./completion.ts";
import type { Suggestion } from "./completion-site.ts";

export function markerSuggestions(
  model: WorkspaceModel,
  { before, offset }: { readonly before: string; readonly offset: number },
): Completed | undefined {
  const inside = /\{\s*"\$imagepolicy"\s*:\s*"([^"]*)$/.exec(before)?.[1];
  const started = /#\s*(\{[^}]*|)$/.exec(before)?.[1];
  if (inside === undefined && started === undefined) return undefined;
  const policies = policiesOf(model);
  const typed = inside ?? started ?? "";
  const labels =
    inside === undefined ? policies.map((one) => `{"$imagepolicy": "${one}"}`) : policies;
  const suggestions = labels.map((label): Suggestion => ({ label, kind: "object", rank: 1 }));
  return { suggestions, start: offset - typed.length, end: offset, lead: "" };
}

/** The whole image, only its tag, only its name. */
function policiesOf(model: WorkspaceModel): readonly string[] {
  const names = model.index
    .ofKind(flux.ImagePolicy)
    .flatMap((one) =>
      (namespacesOf(model, one.path, one) ?? []).map((space) => `${space}:${one.name}`),
    );
  return [...new Set(names)].flatMap((name) => [name, `${name}:tag`, `${name}:name`]);
}
