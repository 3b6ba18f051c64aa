/** What the lines mean, and which keys do what. */
import { relationTitles } from "../../../model/graph/action-words.ts";
import { graphRelations } from "../../../model/graph/graph.ts";
import { element, svg } from "./elements.ts";

export function legend(): HTMLElement {
  const items = graphRelations.map((relation) =>
    element("li", {
      children: [
        svg("svg", { viewBox: "0 0 32 8", class: "sample", "aria-hidden": "true" }, [
          svg("path", { class: `edge ${relation}`, d: "M0 4H32", "stroke-width": "1.6" }),
        ]),
        element("span", { text: relationTitles[relation] }),
      ],
    }),
  );
  return element("details", {
    className: "legend",
    attributes: { open: "" },
    children: [element("summary", { text: "Lines" }), element("ul", { children: items })],
  });
}

const keyTexts: readonly (readonly [string, string])[] = [
  ["→ ←", "along the edges"],
  ["↑ ↓", "to the next and the previous"],
  ["Enter", "opens"],
  ["Space", "folds and unfolds"],
  ["F", "shows the neighbourhood"],
  ["Escape", "back"],
  ["/", "searches"],
  ["+ − 0", "zoom"],
];

export function keys(): HTMLElement {
  const rows = keyTexts.flatMap(([key, text]) => [
    element("dt", { text: key }),
    element("dd", { text }),
  ]);
  return element("details", {
    className: "keys",
    children: [
      element("summary", { text: "Keys" }),
      element("dl", { attributes: { id: "keys" }, children: rows }),
    ],
  });
}
