/** Whether an open text looks like a manifest, by a glance at it: asked at each keystroke, before anybody has parsed it. */

/**
 * A kustomization.yaml need not name its kind. Of other files the first document decides, because later ones may be half typed.
 * Templates of Helm charts are left to others.
 */
export function looksLikeManifest(path: string, text: string): boolean {
  if (/(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(path)) return true;
  const first = text.split(/^---(?:[ \t].*)?$/m).find((document) => /^[^#\s]/m.test(document));
  if (first === undefined || first.includes("{{")) return false;
  return has(first, "apiVersion") && has(first, "kind");
}

function has(document: string, key: string): boolean {
  return new RegExp(`^(["']?)${key}\\1[ \\t]*:[ \\t]+\\S`, "m").test(document);
}
