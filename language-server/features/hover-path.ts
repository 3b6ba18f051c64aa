/** What a path leads to. */
import type { Cursor } from "./definition-locations.ts";
import { filesAt, pathsIn } from "./definition-paths.ts";
import type { HoverText } from "./hover-markdown.ts";
import { escaped, lineLink } from "./hover-markdown.ts";
import { holds } from "./references-site.ts";

const maxFiles = 8;

export function hoverPath(root: string, cursor: Cursor): HoverText | undefined {
  const { model, offset } = cursor;
  const site = pathsIn(cursor).find(({ span }) => holds(span, offset));
  if (site?.to !== "path") return undefined;
  const exists = model.graph.exists(site.path);
  const name = site.path === "" ? "the root of the repository" : escaped(site.path);
  if (!exists) return { span: site.span, text: `There is no ${name} in this repository.` };
  const files = filesAt(model, site.path);
  const shown = files.slice(0, maxFiles).map((path) => `- ${lineLink(root, path, 1)}`);
  const more = files.length > maxFiles ? ["- …"] : [];
  const title = exists === "folder" ? `Folder **${name}**` : `File **${name}**`;
  return { span: site.span, text: [title, "", ...shown, ...more].join("\n") };
}
