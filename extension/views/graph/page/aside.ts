/** Beside the drawing: what is worth knowing about the whole graph, and all about the selected node, as lists to walk through. */
import { actionTitle, neededByWords, needWords } from "../../../model/graph/action-words.ts";
import type { GraphAction } from "../../../model/graph/graph.ts";
import type { GraphSubject } from "../../../model/graph/messages.ts";
import type { Scene, SceneNode, SceneRemark } from "../../../model/graph/scene.ts";
import { element } from "./elements.ts";
import { glyph } from "./glyphs.ts";
import { keys, legend } from "./legend.ts";

export interface AsideEvents {
  readonly onGo: (id: string) => void;
  readonly onAct: (id: string, action: GraphAction) => void;
  readonly onFocus: (id: string) => void;
  readonly onFold: (id: string) => void;
}

const longestList = 50;

export class Aside {
  readonly element: HTMLElement;
  readonly #events: AsideEvents;
  readonly #overview = element("div");
  readonly #details = element("div", { className: "details" });
  #shown = "";

  constructor(events: AsideEvents) {
    this.#events = events;
    this.element = element("aside", {
      attributes: { "aria-label": "Details" },
      children: [this.#overview, this.#details, legend(), keys()],
    });
  }

  update(scene: Scene, subject: GraphSubject["kind"], selected: string | undefined): void {
    const node = scene.nodes.find(({ id }) => id === selected);
    const neighbours = node === undefined ? [] : neighboursOf(node, scene);
    const key = JSON.stringify([scene.blockers, scene.cycles, node, neighbours]);
    if (key === this.#shown) return;
    this.#shown = key;
    const focused = this.#focusedButton();
    this.#overview.replaceChildren(
      ...this.#remarks("Critical blockers", "blockers", scene.blockers),
      ...this.#remarks("Circles", "circles", scene.cycles),
    );
    this.#details.replaceChildren(
      ...(node === undefined ? [] : this.#nodeParts(node, neighbours, subject)),
    );
    const again = [...this.element.querySelectorAll("button")];
    if (focused !== undefined) again.find(({ textContent }) => textContent === focused)?.focus();
  }

  /** Redrawing must not take the keyboard away. */
  #focusedButton(): string | undefined {
    const { activeElement } = document;
    if (!(activeElement instanceof HTMLButtonElement)) return undefined;
    return this.element.contains(activeElement) ? activeElement.textContent : undefined;
  }

  #remarks(title: string, className: string, remarks: readonly SceneRemark[]): readonly Node[] {
    if (remarks.length === 0) return [];
    const items = remarks.map(({ id, text }) =>
      element("li", {
        children: [
          element("button", {
            className: "link",
            text,
            onClick: () => this.#events.onGo(id),
          }),
        ],
      }),
    );
    return [element("h2", { text: title }), element("ul", { className, children: items })];
  }

  #nodeParts(
    node: SceneNode,
    neighbours: readonly Neighbour[],
    subject: GraphSubject["kind"],
  ): readonly Node[] {
    const state = element("p", {
      className: `state tone-${node.tone}`,
      children: [glyph(node.tone), element("span", { text: node.words })],
    });
    const detail = element("p", { className: "message", text: node.detail });
    const { length } = neighbours;
    const rest = element("li", { text: `${length - longestList} more` });
    const list = element("ul", {
      className: "neighbours",
      children: [
        ...neighbours.slice(0, longestList).map((one) => this.#neighbour(one)),
        ...(length > longestList ? [rest] : []),
      ],
    });
    return [
      element("h2", { text: node.title }),
      element("p", { className: "where", text: node.subtitle }),
      state,
      ...(node.detail === "" ? [] : [detail]),
      this.#buttons(node, subject),
      ...(length === 0 ? [] : [list]),
    ];
  }

  #buttons(node: SceneNode, subject: GraphSubject["kind"]): HTMLElement {
    const { onAct, onFocus, onFold } = this.#events;
    const { id, fold, container, actions, kind } = node;
    const made = actions.map((action) =>
      element("button", {
        text: actionTitle(subject, action),
        onClick: () => onAct(id, action),
      }),
    );
    if (kind === "object")
      made.push(element("button", { text: "Show Neighbourhood", onClick: () => onFocus(id) }));
    if (fold !== "leaf")
      made.push(
        element("button", {
          text: fold === "open" ? "Fold" : "Unfold",
          onClick: () => onFold(id),
        }),
      );
    if (container !== undefined)
      made.push(element("button", { text: "Fold Around It", onClick: () => onFold(container) }));
    return element("div", { className: "buttons", children: made });
  }

  #neighbour({ words, node }: Neighbour): HTMLElement {
    const go = element("button", {
      className: "link",
      text: node.title,
      attributes: { "aria-label": node.label },
      onClick: () => this.#events.onGo(node.id),
    });
    return element("li", {
      className: `tone-${node.tone}`,
      children: [element("span", { text: `${words} ` }), go, glyph(node.tone)],
    });
  }
}

interface Neighbour {
  readonly words: string;
  readonly node: SceneNode;
}

function neighboursOf({ id }: SceneNode, { nodes, edges }: Scene): readonly Neighbour[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found = (words: string, other: string): readonly Neighbour[] => {
    const node = byId.get(other);
    return node === undefined ? [] : [{ words, node }];
  };
  return [
    ...edges.flatMap(({ from, to, relation }) =>
      to === id ? found(needWords(relation), from) : [],
    ),
    ...edges.flatMap(({ from, to, relation }) =>
      from === id && to !== id ? found(neededByWords(relation), to) : [],
    ),
  ];
}
