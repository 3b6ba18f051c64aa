/** The element of one node. It is kept as long as the node is there, and only what differs is written. */
import type { Place } from "../../../model/graph/layout.ts";
import { nodeSize } from "../../../model/graph/layout.ts";
import type { SceneNode } from "../../../model/graph/scene.ts";
import { element, setAttribute, setText } from "./elements.ts";
import { glyph } from "./glyphs.ts";

const longName = 16;
const tailLength = 7;

export class NodeView {
  readonly id: string;
  readonly element: HTMLElement;
  readonly #icon = element("span", { className: "icon" });
  readonly #start = element("span", { className: "start" });
  readonly #end = element("span", { className: "end" });
  readonly #subtitle = element("span", { className: "subtitle" });
  readonly #words = element("span", { className: "words" });
  readonly #badge = element("span", { className: "badge" });
  #tone = "";

  constructor(id: string) {
    this.id = id;
    const title = element("span", { className: "title", children: [this.#start, this.#end] });
    this.element = element("div", {
      attributes: { role: "treeitem", tabindex: "-1", "aria-selected": "false" },
      children: [
        this.#icon,
        element("span", {
          className: "texts",
          attributes: { "aria-hidden": "true" },
          children: [
            element("span", { className: "row", children: [title, this.#badge] }),
            this.#subtitle,
            this.#words,
          ],
        }),
      ],
    });
    this.element.style.width = `${nodeSize.width}px`;
    this.element.style.height = `${nodeSize.height}px`;
  }

  update(node: SceneNode): void {
    const classes = [
      "node",
      node.kind,
      `tone-${node.tone}`,
      node.match,
      node.fold,
      node.critical ? "critical" : "",
      node.inCycle ? "cycle" : "",
    ];
    setAttribute(this.element, "class", classes.filter(Boolean).join(" "));
    setAttribute(this.element, "aria-label", node.label);
    const expanded = node.fold === "leaf" ? undefined : String(node.fold === "open");
    setAttribute(this.element, "aria-expanded", expanded);
    // Long names differ at their ends more often than in their middles, which is where they are cut.
    const cut = node.title.length > longName ? node.title.length - tailLength : node.title.length;
    setText(this.#start, node.title.slice(0, cut));
    setText(this.#end, node.title.slice(cut));
    setText(this.#subtitle, node.subtitle);
    setText(this.#words, node.words);
    setText(this.#badge, badgeOf(node));
    if (this.#tone === node.tone) return;
    this.#tone = node.tone;
    this.#icon.replaceChildren(glyph(node.tone));
  }

  place({ x, y, layer }: Place): void {
    const [left, top] = [x - nodeSize.width / 2, y - nodeSize.height / 2];
    this.element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    setAttribute(this.element, "aria-level", String(layer));
  }

  set selected(selected: boolean) {
    setAttribute(this.element, "aria-selected", String(selected));
    setAttribute(this.element, "tabindex", selected ? "0" : "-1");
  }
}

function badgeOf({ critical, inCycle, hidden }: SceneNode): string {
  return [critical ? "blocker" : "", inCycle ? "circle" : "", hidden > 0 ? `+${hidden}` : ""]
    .filter(Boolean)
    .join(" ");
}
